"""A player without a mouse."""

from playwright.sync_api import Locator, Page


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; fails if it cannot be reached."""
    for _ in range(250):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go to the target by Tab, then press the key."""
    tab_to(page, target)
    page.keyboard.press(key)


def type_into(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
