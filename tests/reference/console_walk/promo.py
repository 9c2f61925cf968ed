"""A stranger signs up for the promotion, and its administrator has an account be made of it."""

import csv

from identity_stack.stack import until

from .invited import download
from .staff import as_sample

PATH = "/admin/promo-signups"
EMAIL = "wanda@promo.example"


def sign_up(desk):
    desk.go("/promo").look("promo", "Sign up")
    desk.put("#name", "Wanda Walk"), desk.put("#email", "wanda"), desk.put("#company", "Walk & Co"), desk.press("form button")
    desk.look("promo-refused", "Sign up")
    desk.put("#email", EMAIL), desk.press("form button").look("promo-done", "You are signed up")


def signups(desk):
    as_sample(desk, "promo@test.local")
    desk.go(PATH).look("signups", "Sign-ups")
    desk.checks("the newest stands first", desk.driver.find_elements("css selector", "tbody th")[0].text.startswith("Wanda Walk"), desk.text()[-600:])
    desk.checks("counts stand beside each status", "New (2)" in desk.text() and "Failed (1)" in desk.text(), desk.text()[:600])
    desk.put("#signups-status", "failed"), desk.press("#signups button").look("signups-failed", "Sign-ups")
    desk.checks("only failed ones are shown, with the reason", "Rolf Refused" in desk.text() and "Wanda" not in desk.text(), desk.text()[-600:])
    desk.go(PATH), desk.put("#signups-name", "wan"), desk.press("#signups button")
    desk.checks("found by the beginning of a name", "Wanda Walk" in desk.text() and "Nora" not in desk.text(), desk.text()[-600:])
    desk.go(f"{PATH}?email=nobody%40promo.example").look("signups-none", "Sign-ups")
    desk.go(f"{PATH}?status=account&email=a%40promo.example").look("signups-wrong", "Sign-ups")


def table(desk):
    desk.go(PATH)
    file = download(desk, f"a[href^='{PATH}/export']")
    rows = list(csv.DictReader(file.text.splitlines()))
    desk.checks("the table is a file with all of them", file.headers["content-disposition"].startswith("attachment") and len(rows) == 4, rows)


def create_account(desk):
    desk.go(f"{PATH}?email={EMAIL.replace('@', '%40')}")
    row = desk.find("tbody [data-dialog]").get_attribute("data-dialog")[len("create-account"):-len("-ask")]
    desk.ask("create-account", row).look("signup-asked").send(f"create-account{row}").done("The account is being made")
    until(lambda: "Account" in desk.go(f"{PATH}?email={EMAIL.replace('@', '%40')}").driver.find_element("css selector", "td.state").text, "the account", 60)
    desk.look("signup-account", "Sign-ups")


def not_allowed(desk):
    as_sample(desk, "admin@test-brand.local")
    desk.go(PATH).look("signups-closed", "You may not see this")


PARTS = (sign_up, signups, table, create_account, not_allowed)
