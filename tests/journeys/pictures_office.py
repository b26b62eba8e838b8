"""Pictures of the office: a procedure written by one admin, published by another, and taken back."""

NAME = "絵本の贈り物"


def take(camera):
    """Add a procedure to 出生, approve and publish it, and publish what stood before again."""
    admin = camera.staff("admin")
    look_around(camera, admin)
    write(camera, admin)
    ask_for_approval(camera, admin)
    other = camera.staff("admin2")
    approve(camera, other)
    go_back(camera, admin, other)


def look_around(camera, page):
    """The events, one of them, a procedure's rule, what it has its own way at 転入, a question."""
    page.goto(f"{camera.url}/office/")
    page.get_by_role("heading", name="ライフイベントと手続").wait_for()
    camera.shoot(page, "office")
    page.get_by_role("link", name="出生").first.click()
    page.get_by_role("link", name="手続を加える").wait_for()
    camera.shoot(page, "office-event")
    page.goto(f"{camera.url}/office/procedures/child.nursery")
    camera.shoot(page, "office-procedure")


def write(camera, page):
    """A new procedure: rule, deadline, document, and another one's own deadline at 転入."""
    page.goto(f"{camera.url}/office/events/birth/add")
    new = page.locator("form", has=page.get_by_role("heading", name="新しくつくる"))
    new.get_by_label("名称").fill(NAME)
    new.get_by_label("説明").fill("生まれたお子さまに絵本をお贈りします。")
    new.get_by_label("担当").select_option("children")
    new.get_by_label("必要になる理由の文").fill("お子さまが生まれたため")
    new.get_by_label("根拠").fill("市の要綱")
    page.evaluate("scrollTo(0, 0)")
    camera.shoot(page, "office-add")
    new.get_by_role("button").click()
    page.get_by_role("link", name="＋ 条件を加える").click()
    page.get_by_label("何について").select_option(label="市内の世帯に入る")
    page.get_by_role("button", name="この項目にする").click()
    page.get_by_label("比べ方").select_option(label="はい")
    page.get_by_role("button", name="この条件にする").click()
    page.locator(".piece.fact", has_text="市内の世帯に入る").wait_for()
    edit(page, "持ち物", {"持ち物 1": "母子健康手帳"})
    page.get_by_text("必要なときを限る").wait_for()
    page.evaluate("scrollTo(0, 0)")
    camera.shoot(page, "office-rule")
    set_own_deadline(camera, page)


def set_own_deadline(camera, page):
    """保育の利用申込 gets its own deadline text at 転入."""
    page.goto(f"{page.url.split('/p/')[0]}/p/child.nursery/in/move_in")
    edit(page, "期限", {"期限の文": "転入したら早めに"})
    section(page, "期限").get_by_text("このライフイベントだけ").wait_for()
    page.evaluate("scrollTo(0, 0)")
    camera.shoot(page, "office-own")


def section(page, title):
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def edit(page, title, values):
    section(page, title).get_by_role("link", name="直す").click()
    for label, text in values.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="変更案に入れる").click()


def ask_for_approval(camera, page):
    page.goto(page.url.split("/p/")[0])
    page.get_by_role("button", name="期待する結果をこの変更に合わせる").click()
    page.get_by_role("button", name="承認を依頼する").wait_for()
    page.evaluate("scrollTo(0, 0)")
    camera.shoot(page, "office-draft")
    page.get_by_role("button", name="承認を依頼する").click()
    page.get_by_text("書いた人は承認できません").wait_for()


def approve(camera, page):
    page.goto(f"{camera.url}/office/drafts")
    page.locator("main").get_by_role("link", name=NAME).first.click()
    page.get_by_role("button", name="承認して公開する").wait_for()
    camera.shoot(page, "office-approve")
    page.get_by_role("button", name="承認して公開する").click()
    page.get_by_role("heading", name="から変わったこと").wait_for()


def go_back(camera, admin, other):
    """Make what the version before said the newest again, by the same two."""
    admin.goto(f"{camera.url}/office/versions")
    camera.shoot(admin, "office-versions")
    admin.locator("tbody tr").nth(1).get_by_role("link").first.click()
    admin.get_by_role("button", name="この版の内容に戻す変更案をつくる").click()
    admin.get_by_role("button", name="承認を依頼する").click()
    admin.get_by_text("書いた人は承認できません").wait_for()
    other.goto(admin.url)
    other.get_by_role("button", name="承認して公開する").click()
    other.get_by_role("heading", name="から変わったこと").wait_for()
