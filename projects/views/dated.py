"""Lists whose states are those of a day."""

from units.lists import ListPage


class DatedList(ListPage):
    """A list whose table knows the day."""

    def get_table_kwargs(self):
        """Give the table the day."""
        return {**super().get_table_kwargs(), "today": self.today}
