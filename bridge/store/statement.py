"""Statements of SQLAlchemy Core, compiled once for each database and then run as they are.

Compiling on every call, and binding value by value, cost more than the database itself
(measured: 75 of 200 microseconds for a post with its outbox row).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection, CursorResult, Dialect, Row, Select, Table, bindparam
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ClauseElement

Values = dict[str, Any]
"""The parameters of a statement by their names."""

_SIZES = (1, 4, 16, 64, 256, 1024)
"""Lengths to which lists are filled up, so that few different statements exist and all stay prepared."""

_Bind = Callable[[Values], Any]


class Statement:
    """One statement; values are bound as they are, so they must be numbers, bytes, clean text or None."""

    def __init__(self, core: ClauseElement, columns: Sequence[str] = ()) -> None:
        self._core = core
        self._columns = columns or None
        self._compiled: dict[str, tuple[str, _Bind]] = {}

    def run(self, connection: Connection, values: Values) -> CursorResult[Any]:
        """Execute it once."""
        text, bind = self._for(connection.dialect)
        return connection.exec_driver_sql(text, bind(values))

    def many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Execute it for many rows with one call; not at all for none."""
        if rows:
            text, bind = self._for(connection.dialect)
            connection.exec_driver_sql(text, [bind(values) for values in rows])

    def _for(self, dialect: Dialect) -> tuple[str, _Bind]:
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._core.compile(dialect=dialect, column_keys=self._columns)
            assert isinstance(compiled, SQLCompiler)
            found = self._compiled[dialect.name] = (str(compiled), _binder(compiled))
        return found


def _binder(compiled: SQLCompiler) -> _Bind:
    """How named values become what the driver takes, by position or by name."""
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    if compiled.positiontup is None:
        return lambda values: fixed | values
    if not compiled.positiontup:
        return lambda _values: ()
    pick = itemgetter(*compiled.positiontup)
    if len(compiled.positiontup) == 1:
        return lambda values: (pick(fixed | values),)
    if not fixed:
        return pick
    return lambda values: pick(fixed | values)


class NewRows:
    """New rows of a table; a server gets all of them in one statement, as one array for each column."""

    def __init__(self, table: Table, columns: str) -> None:
        names = columns.split()
        self._names = names
        self._one_by_one = Statement(sa.insert(table), names)
        arrays = (bindparam(name, type_=sa.ARRAY(table.c[name].type)) for name in names)
        rows = sa.func.unnest(*arrays).table_valued(*names).render_derived(name="fresh")
        self._at_once = Statement(sa.insert(table).from_select(names, sa.select(*(rows.c[name] for name in names))))

    def many(self, connection: Connection, rows: Sequence[Values]) -> None:
        """Insert them; nothing for none."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            self._one_by_one.many(connection, rows)
        else:
            self._at_once.run(connection, {name: [row[name] for row in rows] for name in self._names})


class Lookup:
    """A query for the rows whose column is one of many keys, or a change of them that returns something."""

    def __init__(self, query: Select[*tuple[Any, ...]] | ReturningUpdate[Any], column: ColumnElement[Any]) -> None:
        self._query = query
        self._column = column
        self._sizes: dict[int, Statement] = {}

    def rows(self, connection: Connection, keys: Collection[Any], **more: object) -> Iterator[Row[Any]]:
        """The rows, asked for in lists of a few fixed lengths."""
        ordered = sorted(keys)
        for start in range(0, len(ordered), _SIZES[-1]):
            part = ordered[start : start + _SIZES[-1]]
            size = next(size for size in _SIZES if size >= len(part))
            part += part[-1:] * (size - len(part))
            yield from self._of(size).run(connection, dict(zip(_NAMES, part, strict=False)) | more)

    def _of(self, size: int) -> Statement:
        """The statement for a list of that length; most lengths never come."""
        if size not in self._sizes:
            self._sizes[size] = Statement(self._query.where(self._column.in_(_keys(size))))
        return self._sizes[size]


_NAMES = tuple(f"key{number}" for number in range(_SIZES[-1]))


def _keys(size: int) -> list[ColumnElement[Any]]:
    return [bindparam(name) for name in _NAMES[:size]]
