"""Somebody before a window: signs in, goes to pages, reads figures; what goes wrong on a page is kept."""

from reports.demo.people import PASSWORD

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
CONTEST, DRIVE = "百日竞赛（示范）", "百日会战（示范）"


class Visitor:
    """One window with its own session; problems lists errors of the console, of scripts and of files."""

    def __init__(self, context, site):
        self.context, self.site, self.problems = context, site, []
        self.page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message):
        refused_page = message.text.startswith("Failed to load resource")  # told better by _answered
        if message.type == "error" and not refused_page:
            self.problems.append(f"{self.page.url}: {message.text}")

    def _asked(self, request):
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.problems.append(f"{self.page.url} asks outside: {request.url}")

    def _answered(self, response):
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type != "document"):
            self.problems.append(f"{self.page.url}: {response.status} for {response.url}")

    def sign_in(self, username, password=PASSWORD):
        """Sign in and come to the page that opens first."""
        self.page.goto("/sign-in/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_load_state()

    def choose(self, name):
        """Follow an entry of the navigation."""
        self.page.get_by_label("主导航").get_by_role("link", name=name, exact=True).click()

    def press(self, name):
        """Press a button of the page's main part and wait for the answer."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()
        self.settle()

    def settle(self):
        """Wait until no form is on its way any more: its answer, or word that it waits, is there."""
        self.page.wait_for_load_state()
        self.page.locator("form[aria-busy=true]").wait_for(state="detached")
        self.page.wait_for_load_state()

    def follow(self, name, *, exact=True):
        """Follow the first link of the page's main part with that name."""
        self.page.locator("main").get_by_role("link", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()

    def told(self):
        """Return what the page says about the last action."""
        return self.page.locator("#messages").inner_text().strip()

    def district(self, indicator):
        """Return the district's figure on the overview that is open."""
        row = self.page.locator("table.zs-table tr", has_text=indicator)
        return row.locator("td[data-label=完成]").inner_text()

    def figure(self, indicator):
        """Return the figure on a card of the overview or unit page that is open."""
        card = self.page.locator("a.zs-kpi", has=self.page.get_by_role("heading", name=indicator, exact=True))
        return card.locator(".zs-kpi-n b").inner_text()
