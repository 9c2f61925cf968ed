"""Headless Chromium on the pages: what it shows, what it complains about, which cookies it keeps."""

import base64
import shutil

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from .stack import REFERENCE, until

PICTURES = REFERENCE / ".cache" / "pages"
# Chromium tells on the console of each document whose status is no success; the pages mean these.
MEANT = tuple(f"status of {status}" for status in (400, 401, 403, 404, 409, 410, 422))
MOST_TABS = 30
SIZES = {"wide": (1280, 800, "light"), "narrow": (390, 844, "dark")}


class Chromium:
    """Without JavaScript, unless it is asked for: the pages must do without."""

    def __init__(self, javascript=False):
        options = webdriver.ChromeOptions()
        options.binary_location = program("chromium")
        for option in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "no-proxy-server"):
            options.add_argument(f"--{option}")
        allowed = 1 if javascript else 2
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": allowed})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService(program("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        shutil.rmtree(PICTURES, ignore_errors=True)
        PICTURES.mkdir(parents=True)
        self.console, self.pictures = [], 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url, picture=None):
        self.driver.get(url)
        return self.look(picture)

    def press(self, picture=None):
        """Clicks the page's button and waits for the next page."""
        known = self.page()
        self.driver.find_element(By.CSS_SELECTOR, "button").click()
        until(lambda: self.page() not in (known, None), "the next page")
        return self.look(picture)

    def tab_to(self, selector):
        """Presses the tabulator until what `selector` names has the focus."""
        wanted = self.driver.find_elements(By.CSS_SELECTOR, selector)
        for _ in range(MOST_TABS):
            if self.driver.switch_to.active_element in wanted:
                return
            ActionChains(self.driver).send_keys(Keys.TAB).perform()
        raise SystemExit(f"the tabulator does not lead to {selector} on {self.driver.current_url}")

    def write(self, text):
        """Types where the focus is, behind what is there."""
        ActionChains(self.driver).send_keys(Keys.END, text).perform()

    def enter(self):
        """Presses the enter key where the focus is and waits for the next page; its heading."""
        known = self.page()
        ActionChains(self.driver).send_keys(Keys.ENTER).perform()
        until(lambda: self.page() not in (known, None), "the next page")
        return self.look(None)

    def toggle(self):
        """Opens or closes what has the focus."""
        ActionChains(self.driver).send_keys(Keys.ENTER).perform()

    def value(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector).get_property("value")

    def at_field(self, name):
        """Whether the problem of a field is told at it, and the field says so itself."""
        field = self.driver.find_element(By.ID, name)
        told = self.driver.find_elements(By.ID, f"{name}-problem")
        return bool(told) and field.get_attribute("aria-invalid") == "true" and f"{name}-problem" in field.get_attribute("aria-describedby")

    def violations(self, axe):
        """What axe-core finds: rule and element."""
        self.driver.execute_script(axe)
        run = "const done = arguments[0]; axe.run().then((found) => done(found.violations))"
        found = self.driver.execute_async_script(run)
        return [(rule["id"], node["html"][:100]) for rule in found for node in rule["nodes"]]

    def overflow(self):
        """By how many pixels the page is wider than a narrow window."""
        self.emulate("setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=False)
        return self.driver.execute_script("return Math.max(0, document.documentElement.scrollWidth - 390)")

    def page(self):
        """What stands for the document that is shown; nothing while one makes way for the next."""
        found = self.driver.find_elements(By.CSS_SELECTOR, "html > body")
        return found[0].id if found else None

    def type(self, text):
        self.driver.find_element(By.CSS_SELECTOR, "[type=password]").send_keys(text)

    def look(self, picture):
        """The page's heading. Keeps pictures of the page, and what the console says about it."""
        for name, (width, height, scheme) in SIZES.items() if picture else ():
            self.emulate("setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
            feature = {"name": "prefers-color-scheme", "value": scheme}
            self.emulate("setEmulatedMedia", features=[feature])
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
            (PICTURES / f"{picture}-{name}.png").write_bytes(base64.b64decode(shot["data"]))
            self.pictures += 1
        # Below a warning are hints to authors.
        told = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("WARNING", "SEVERE")]
        self.console += [text for text in told if not any(meant in text for meant in MEANT)]
        headings = self.driver.find_elements(By.TAG_NAME, "h1")
        return headings[0].text if len(headings) == 1 else f"{len(headings)} headings"

    def widen(self):
        self.emulate("setDeviceMetricsOverride", width=1280, height=800, deviceScaleFactor=1, mobile=False)

    def emulate(self, command, **parameters):
        self.driver.execute_cdp_cmd(f"Emulation.{command}", parameters)

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def problem(self):
        found = self.driver.find_elements(By.CSS_SELECTOR, "[role=alert], .wrong")
        return found[0].text if found else ""

    def styled(self):
        """Whether the policy let the page's own style through."""
        return self.driver.find_element(By.TAG_NAME, "main").value_of_css_property("border-radius") == "14px"

    def cookies(self):
        kept = self.driver.get_cookies()
        return {each["name"]: (each["secure"], each["httpOnly"], each["sameSite"]) for each in kept}

    def keep(self, name, value, same_site):
        self.driver.add_cookie({"name": name, "value": value, "secure": True, "httpOnly": True, "sameSite": same_site})

    def forget_all(self):
        self.driver.delete_all_cookies()


def program(name):
    if not (path := shutil.which(name)):
        raise SystemExit(f"{name} is not installed")
    return path
