"""Headless Chromium on the pages: what it shows, what it complains about, which cookies it keeps."""

import base64
import shutil

from selenium import webdriver
from selenium.webdriver.common.by import By

from .stack import REFERENCE, until

PICTURES = REFERENCE / ".cache" / "pages"
# Chromium tells on the console of each document whose status is no success; the pages mean these.
MEANT = ("status of 400", "status of 403", "status of 422")
SIZES = {"wide": (1000, 760, "light"), "narrow": (390, 760, "dark")}


class Chromium:
    """Without JavaScript: the pages must do without."""

    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = program("chromium")
        for option in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "no-proxy-server"):
            options.add_argument(f"--{option}")
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
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

    def emulate(self, command, **parameters):
        self.driver.execute_cdp_cmd(f"Emulation.{command}", parameters)

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def problem(self):
        found = self.driver.find_elements(By.CSS_SELECTOR, "[role=alert]")
        return found[0].text if found else ""

    def styled(self):
        """Whether the policy let the page's own style through."""
        return self.driver.find_element(By.TAG_NAME, "main").value_of_css_property("border-radius") == "12px"

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
