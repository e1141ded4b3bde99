"""Reading a row by a statement that every request runs.

Django writes the SQL of a query anew each time, and works out anew how each column becomes a value. For one row by its
key that takes several times as long as the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection, models

type Converter = Callable[[Any, Any, Any], Any]


class OneRow:
    """A SELECT of at most one row, of one model or of several that it joins.

    ``source`` is what follows the columns, from ``FROM`` on, with tables by their own names.
    """

    def __init__(self, source: str, *tables: type[models.Model]) -> None:
        self.source = source
        self.tables = tables

    def read(self, parameters: Sequence[Any]) -> list[Any] | None:
        """An object of each model, in the order given; None if there is no such row."""
        with connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            row = cursor.fetchone()
        if row is None:
            return None
        values = list(row)
        for index, column, converters in self._conversions:
            for convert in converters:
                values[index] = convert(values[index], column, connection)
        return [model.from_db(connection.alias, names, values[part]) for model, names, part in self._parts]

    @cached_property
    def _parts(self) -> list[tuple[type[models.Model], list[str], slice]]:
        """Of each model the names of its fields, and which of the values are theirs."""
        parts, start = [], 0
        for model in self.tables:
            names = [field.attname for field in model._meta.concrete_fields]
            parts.append((model, names, slice(start, start + len(names))))
            start += len(names)
        return parts

    @cached_property
    def _columns(self) -> list[Any]:
        return [field.get_col(model._meta.db_table) for model in self.tables for field in model._meta.concrete_fields]

    @cached_property
    def _sql(self) -> str:
        quote = connection.ops.quote_name
        names = [f"{quote(column.alias)}.{quote(column.target.column)}" for column in self._columns]
        return f"SELECT {', '.join(names)} {self.source}"

    @cached_property
    def _conversions(self) -> list[tuple[int, Any, list[Converter]]]:
        """The columns that the database hands out otherwise than the model holds them, such as moments and JSON."""
        found = (
            (index, column, connection.ops.get_db_converters(column) + column.get_db_converters(connection))
            for index, column in enumerate(self._columns)
        )
        return [(index, column, converters) for index, column, converters in found if converters]
