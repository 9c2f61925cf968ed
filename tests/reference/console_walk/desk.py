"""Somebody at a desk with a browser: opens pages of the console, fills forms, and looks closely at whatever is shown."""

import time

from identity_stack.chromium import PICTURES, Chromium
from identity_stack.stack import REFERENCE, until
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

AXE = (REFERENCE / "oidc" / "node_modules" / "axe-core" / "axe.min.js").read_text()
WIDE, NARROW = (1280, 800), (390, 844)
# Text in a box that hides what is too long, and no mark that there is more.
CUT = """return [...document.querySelectorAll('main *, header *')].filter(e => {
  const style = getComputedStyle(e)
  return e.clientWidth && e.scrollWidth > e.clientWidth + 1 && ['hidden', 'clip'].includes(style.overflowX)
    && style.textOverflow !== 'ellipsis' && style.clipPath === 'none' && !e.matches('input, select, progress')
}).map(e => e.outerHTML.slice(0, 80))"""
# What the tabulator must lead to. Of buttons of one name it stops at the chosen one.
REACHED = """const modal = document.querySelector('dialog:modal')
const wanted = [...(modal ?? document).querySelectorAll('a[href], button, input, select, textarea, summary')].filter(e =>
  e.checkVisibility() && !e.disabled && !['hidden', 'radio'].includes(e.type) && !e.closest('dialog:not([open])'))
window.reached = new Set()
document.addEventListener('focusin', event => window.reached.add(event.target))
window.wanted = wanted
document.activeElement.blur()
return wanted.length"""
MISSED = "return window.wanted.filter(e => !window.reached.has(e)).map(e => e.outerHTML.slice(0, 90))"


class Desk:
    """`modes` are pairs of size and colour scheme that each page is looked at in."""

    def __init__(self, stack, checks, modes, javascript):
        self.stack, self.checks, self.modes, self.javascript = stack, checks, modes, javascript
        self.chromium = Chromium(javascript=javascript)
        self.driver = self.chromium.driver
        self.pages, self.heaviest, self.seen = {}, (0, ""), 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    # Looking

    def look(self, name, heading=None):
        """Looks at the page in every mode: contrast and labels, width, cut text, what the browser complains about."""
        told = self.chromium.look(None)
        if heading is not None:
            self.checks(f"{name}: {heading}", told == heading, f"{told!r} at {self.driver.current_url}")
        self.pages[name] = self.driver.page_source
        for (width, height), scheme in self.modes:
            self.seen += 1
            self.emulate(width, height, scheme)
            self.photograph(f"{name}-{width}-{scheme}")
            wide = self.run("return document.documentElement.scrollWidth") - width
            cut = self.run(CUT)
            found = self.chromium.violations(AXE) if self.javascript else []
            wrong = [*(f"{wide} px too wide" for _ in [1] if wide > 0), *(f"cut: {each}" for each in cut), *found]
            self.checks(f"  {name} at {width} px, {scheme}", not wrong, wrong)
        if self.javascript:
            self.walk_by_keyboard(name)
            self.weigh(name)
        self.chromium.look(None)
        self.checks(f"  {name}: the browser has no complaint", not self.chromium.console, self.chromium.console)
        self.chromium.console.clear()
        self.emulate(*WIDE, "light")
        return self

    def emulate(self, width, height, scheme):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.chromium.emulate("setDeviceMetricsOverride", **size)
        self.chromium.emulate("setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def photograph(self, name):
        import base64

        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
        (PICTURES / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def walk_by_keyboard(self, name):
        count = self.run(REACHED)
        ActionChains(self.driver, duration=0).send_keys(Keys.TAB * (count + 12)).perform()
        missed = self.run(MISSED)
        self.checks(f"  {name}: the keyboard reaches all {count}", not missed, missed)

    def weigh(self, name):
        sizes = self.run("""return [document.documentElement.outerHTML.length,
          ...performance.getEntriesByType('resource').filter(e => /[.](css|js)$/.test(e.name)).map(e => e.decodedBodySize)]""")
        self.heaviest = max(self.heaviest, (sum(sizes), name))

    def run(self, script):
        return self.driver.execute_script(script)

    # Doing

    def go(self, path):
        self.driver.get(path if path.startswith("http") else self.stack.site + path)
        return self

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def has(self, selector):
        return bool(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def text(self):
        return self.chromium.text()

    def fill(self, form, **fields):
        """Fills fields by their names; `__` in a name is a dot. Lists and True tick boxes, False takes ticks away."""
        for name, value in fields.items():
            name = name.replace("__", ".")
            for each in value if isinstance(value, list) else [value]:
                self.put(f'#{form} [name="{name}"]', each)
        return self

    def put(self, selector, value):
        found = [each for each in self.driver.find_elements(By.CSS_SELECTOR, selector) if each.get_attribute("type") != "hidden"]
        kind = found[0].get_attribute("type")
        if kind in ("checkbox", "radio"):
            chosen = [each for each in found if value in (True, False) or each.get_attribute("value") == value]
            if chosen[0].is_selected() != (value is not False):
                chosen[0].send_keys(Keys.SPACE)
        elif found[0].tag_name == "select":
            Select(found[0]).select_by_value(value)
        else:
            if kind != "file":
                found[0].clear()
            found[0].send_keys(value)

    def send(self, form):
        """Presses the button of a form with the keyboard, and waits for the next page."""
        self.leave_by(lambda: self.find(f'#{form} button[type="submit"]').send_keys(Keys.ENTER))
        return self

    def press(self, selector):
        self.leave_by(lambda: self.find(selector).click())
        return self

    def leave_by(self, act):
        known = self.chromium.page()
        act()
        until(lambda: self.settled(known), f"the next page after {self.driver.current_url}")

    def settled(self, known):
        try:
            page = self.chromium.page()
            return page not in (known, None) and self.run("return document.readyState") == "complete"
        except (WebDriverException, StaleElementReferenceException, NoSuchElementException):
            return False

    def ask(self, action, row=""):
        """Opens the question before an act: a window with script, a part of the page without."""
        opener = self.find(f'[data-dialog="{action}{row}-ask"]')
        if self.javascript:
            opener.send_keys(Keys.ENTER)
        else:
            self.leave_by(lambda: opener.send_keys(Keys.ENTER))
        until(lambda: self.find(f'[id="{action}{row}-ask"]').is_displayed(), f"the question {action}")
        return self

    def done(self, what):
        """The page says that something is done."""
        found = self.driver.find_elements(By.CSS_SELECTOR, ".notice")
        self.checks(f"  done: {what}", bool(found) and what in found[0].text, found[0].text if found else self.told())
        return self

    def told(self):
        """What a page says beside its content."""
        found = self.driver.find_elements(By.CSS_SELECTOR, ".wrongly, .problem, main .empty")
        return " ".join(each.text for each in found) or self.text()[-300:]

    def refused(self, what):
        """The page says what is wrong, at a field or above the form."""
        found = self.driver.find_elements(By.CSS_SELECTOR, ".wrongly, .problem, .wrong")
        told = " ".join(each.text for each in found)
        self.checks(f"  refused: {what}", bool(told) and what in told, told or self.text()[:300])
        return self

    def wait_for(self, text, again=True):
        """Waits until a text is on the page: the page renews itself with script, without it is loaded again."""

        def there():
            if text in self.text():
                return True
            if not self.javascript and again:
                time.sleep(0.3)
                self.driver.refresh()
            return False

        until(there, f"{text!r} on {self.driver.current_url}")
        return self
