"""A clerk's hands: follows the focus and presses keys, never the mouse; counts what was typed."""

from contextlib import contextmanager
from dataclasses import dataclass, field

MOST_FIELDS = 200
WHERE = """() => {
  const e = document.activeElement;
  const group = e.closest('[data-digits]');
  return {tag: e.tagName, type: e.type, name: e.name, text: e.innerText,
          primary: 'primary' in e.dataset,
          digits: Object.fromEntries([...(group?.querySelectorAll('[data-digit]') ?? [])]
                    .map(c => [c.value, c.dataset.digit]))};
}"""

KIND = """() => {
  const looks = [...document.querySelectorAll('.question input.input, .question [data-digit]')]
    .map(e => e.type + ' ' + e.className + (e.getAttribute('aria-invalid') ?? ''));
  return 'question: ' + [...new Set(looks)].sort().join(', ');
}"""


@dataclass
class Typist:
    """Answers by field name (`n1:birth_weight`); what nobody knows gets わからない or stays empty."""

    page: object
    answers: dict[str, str]
    typed: int = 0
    keys: int = 0
    asked: list[str] = field(default_factory=list)
    left_open: bool = False

    def press(self, key):
        self.keys += 1
        self.page.keyboard.press(key)

    def write(self, text):
        self.keys += len(text)
        self.page.keyboard.type(text)

    def step(self):
        return self.page.locator("[data-step]").get_attribute("data-step")

    def answer_step(self, step, look=None):
        """Answer everything a step asks, by the focus, until nothing there waits for an answer.

        `look` is called before each, with the kind of question that stands there.
        """
        for _ in range(MOST_FIELDS):
            self.page.locator(".htmx-request").wait_for(state="detached")
            if look:
                look(self._kind_of_question())
            if self.step() != step or not self._answer_focused():
                return
        raise AssertionError(f"still asked after {MOST_FIELDS} fields: {self.asked}")

    def _kind_of_question(self):
        """Rows to choose from, or a form by the looks of its fields: what is the same to axe."""
        return self.page.evaluate(KIND)

    def answer_first_card(self):
        """Answer until the first card has been sent."""
        version = self.page.locator("[name=version]").first.input_value()
        while self.page.locator("[name=version]").first.input_value() == version:
            self._answer_focused()

    def _answer_focused(self):
        here = self.page.evaluate(WHERE)
        if here["type"] == "text":
            self._write_field(here["name"])
        elif here["type"] == "radio":
            self._choose(here["name"], here["digits"])
        elif here["primary"]:
            return self._send()
        else:
            return self._reach_rows()
        return True

    def _write_field(self, name):
        self.asked.append(name)
        value = self.answers.get(name, "")
        if self.page.locator(f"[name='{name}:family']").count():
            value = value.split("\u3000")[-1]  # the 氏 stands there already
        self.left_open |= not value
        self.typed += len(value)
        self.write(value)
        self.press("Tab")

    def _choose(self, name, digits, unanswered="Tab"):
        self.asked.append(name)
        answer = self.answers.get(name, "no" if "no" in digits else None)
        self.left_open |= answer is None
        self.press(digits.get(answer, unanswered))

    def _send(self):
        if not self.page.locator("form.question").count():
            return False
        with self._next_version():
            if self.left_open:
                self.press("Tab")
            self.press("Enter")
        self.left_open = False
        return True

    def _reach_rows(self):
        """A question of rows leaves the focus on its heading; a number key answers it from there."""
        group = self.page.locator(".choices[data-digits]")
        if not group.count():
            return False
        name = group.locator("[data-digit]").first.get_attribute("name")
        digits = {
            choice.get_attribute("value"): choice.get_attribute("data-digit")
            for choice in group.locator("[data-digit]:not([name=dont_know])").all()
        }
        with self._next_version():
            self._choose(name, digits, unanswered="0")
        self.left_open = False
        return True

    @contextmanager
    def _next_version(self):
        """Wait until the page shows the bundle after the answer just sent."""
        version = self.page.locator("[name=version]").first.input_value()
        yield
        old = self.page.locator(f"form.question [name=version][value='{version}']")
        old.first.wait_for(state="detached")
