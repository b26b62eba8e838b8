"""キー操作: the map, and switching the character keys off."""

from tests.counter.desk.conftest import text_of


def test_the_map_names_every_key_and_its_f_key(desk):
    text = text_of(desk.get("/keys"))

    assert "住民をさがす / F2" in text
    assert "端末をロックする Ctrl+L F10" in text


def test_the_character_keys_are_on_until_switched_off(desk):
    assert 'data-shortcuts="on"' in desk.get("/").content.decode()

    desk.post("/keys", {"shortcuts": "off"})
    assert 'data-shortcuts="off"' in desk.get("/").content.decode()

    desk.post("/keys", {"shortcuts": "on"})
    assert 'data-shortcuts="on"' in desk.get("/").content.decode()


def test_who_does_not_serve_people_has_no_desk(browser):
    assert browser("admin").get("/keys").status_code == 403
