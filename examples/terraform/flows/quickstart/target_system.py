"""The "target system" of the quickstart: a SQLite file with groups, members and the key it wants to be shown.

python target_system.py create members.db KEY
python target_system.py members members.db
"""

import sqlite3
import sys
from contextlib import closing


def create(path, key):
    """Make the file, with one key and no members."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("create table keys (key text primary key)")
        database.execute("create table members (name text, team text, primary key (name, team))")
        database.execute("insert into keys values (?)", [key])


def members(path):
    """Who is in which group: a list of (name, group)."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute("select name, team from members order by name, team").fetchall()


if __name__ == "__main__":
    if sys.argv[1] == "create":
        create(sys.argv[2], sys.argv[3])
    else:
        for name, group in members(sys.argv[2]):
            print(f"{name}\t{group}")
