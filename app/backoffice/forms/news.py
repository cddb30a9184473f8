"""A piece of news, always in both languages."""

from flask_babel import lazy_gettext as _l

from app.foundation.forms import Form, Given, LinesField, TextField
from app.news.models import NewsItem
from app.news.writing import Story


class NewsForm(Form):
    """What is written in news. Both languages are required: nothing is announced in one alone (6.1b)."""

    title_zh = TextField(_l("Title in Chinese"), [Given()], at_most=60)
    text_zh = LinesField(_l("Text in Chinese"), [Given()], at_most=4000)
    title_en = TextField(_l("Title in English"), [Given()], at_most=120)
    text_en = LinesField(_l("Text in English"), [Given()], at_most=8000)

    def story(self) -> Story:
        fields = (self.title_zh, self.title_en, self.text_zh, self.text_en)
        return Story(*(field.data or "" for field in fields))

    def show(self, item: NewsItem) -> None:
        for name in ("title_zh", "title_en", "text_zh", "text_en"):
            self[name].data = getattr(item, name)
