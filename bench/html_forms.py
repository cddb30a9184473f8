"""The links and forms of a page, as a visitor without script has them. Standard library only."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlForm:
    """A form with what it would send if nothing were typed."""

    action: str = ""
    method: str = "get"
    multipart: bool = False
    fields: list[tuple[str, str]] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **values: str) -> list[tuple[str, str]]:
        """What is sent with these values. Raises KeyError for a field that the form does not have."""
        names = {name for name, _ in self.fields}
        if unknown := values.keys() - names - self.typed:
            raise KeyError(f"the form to {self.action} has no {', '.join(sorted(unknown))}, but {sorted(names)}")
        kept = [(name, value) for name, value in self.fields if name not in values]
        return [*kept, *values.items()]


class Page(HTMLParser):
    """A page read once: `links`, `forms`, and its `text` as it came."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.links: list[str] = []
        self.forms: list[HtmlForm] = []
        self._by_id: dict[str, HtmlForm] = {}
        self._open: HtmlForm | None = None
        self._select: tuple[HtmlForm, str, list[tuple[str, bool]]] | None = None
        self._text_area: tuple[HtmlForm, str] | None = None
        self._said = ""
        self.feed(text)

    def form_to(self, action: str) -> HtmlForm:
        """The first form whose action holds `action`. Raises LookupError."""
        for form in self.forms:
            if action in form.action and form.method == "post":
                return form
        raise LookupError(f"no form to {action}; there are {[form.action for form in self.forms]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            self._open = HtmlForm(given.get("action", ""), given.get("method", "get").lower())
            self._open.multipart = given.get("enctype", "") == "multipart/form-data"
            self.forms.append(self._open)
            self._by_id[given.get("id", "")] = self._open
        elif tag == "option" and self._select:
            self._select[2].append((given.get("value", ""), "selected" in given))
        elif tag in ("input", "button", "select", "textarea"):
            form = self._by_id.get(given["form"]) if "form" in given else self._open
            if form and "disabled" not in given:
                self._control(form, tag, given)

    def _control(self, form: HtmlForm, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "submit" if tag == "button" else "text")
        if tag == "select":
            self._select = (form, name, [])
        elif tag == "textarea":
            self._text_area, self._said = (form, name), ""
        elif kind in ("submit", "image"):
            form.buttons.append((name, given.get("value", "")))
        elif kind == "file":
            form.files.add(name)
        elif kind in ("checkbox", "radio"):
            form.typed.add(name)
            if "checked" in given:
                form.fields.append((name, given.get("value", "on")))
        elif name and kind not in ("button", "reset"):
            form.fields.append((name, given.get("value", "")))
            if kind != "hidden":
                form.typed.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select" and self._select:
            form, name, options = self._select
            chosen = [value for value, selected in options if selected] or [value for value, _ in options][:1]
            form.fields += [(name, value) for value in chosen]
            form.typed.add(name)
            self._select = None
        elif tag == "textarea" and self._text_area:
            form, name = self._text_area
            form.fields.append((name, self._said))
            form.typed.add(name)
            self._text_area = None

    def handle_data(self, data: str) -> None:
        if self._text_area:
            self._said += data
