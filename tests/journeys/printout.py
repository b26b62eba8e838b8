"""The printed bundle as text."""

import re
import subprocess


def printed_text(page, folder):
    """The text of the bundle's PDF without white space, fetched as the print button does."""
    address = page.locator("#print").get_attribute("href")
    answer = page.request.get(page.url.split("/b/")[0] + address)
    assert answer.ok
    assert answer.headers["content-type"] == "application/pdf"
    (folder / "bundle.pdf").write_bytes(answer.body())
    run = subprocess.run(
        ["pdftotext", "-layout", str(folder / "bundle.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    return re.sub(r"\s", "", run.stdout)
