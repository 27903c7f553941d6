"""Projects on both databases, as the tests of the store make them."""

import importlib.util
from pathlib import Path

_SPEC = importlib.util.spec_from_file_location(
    "store_databases", Path(__file__).parents[1] / "store" / "conftest.py"
)
_STORE = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_STORE)

postgresql = _STORE.postgresql
server_database = _STORE.server_database
second_server_database = _STORE.second_server_database
database_url = _STORE.database_url
project = _STORE.project
sqlite_project = _STORE.sqlite_project
