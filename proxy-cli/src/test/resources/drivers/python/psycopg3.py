"""psycopg 3. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged."""
import datetime
import hashlib
import json
import os
import sys
import threading
import time
import zoneinfo

import psycopg
from psycopg import errors

URL = sys.argv[2]


def check(actual, expected):
    if actual != expected:
        raise AssertionError(f"{str(actual)[:200]!r} is not {str(expected)[:200]!r}")


def fails(error, call, *arguments):
    try:
        call(*arguments)
    except error as caught:
        return caught
    raise AssertionError(f"no {error.__name__}")


def prepared(connection, tag, megabytes):
    for i in range(20):
        row = connection.execute(
            "select %s::int + 1, %s::text", (i, None if i % 3 == 0 else f"v{i}"), prepare=True
        ).fetchone()
        check(row, (i + 1, None if i % 3 == 0 else f"v{i}"))
        check(connection.execute("select %s::date", ("2026-02-03",), prepare=True).fetchone()[0],
              datetime.date(2026, 2, 3))
    # Past the size of its cache of statements it sends DEALLOCATE.
    for i in list(range(150)) + list(range(150)):
        check(connection.execute(f"select %s::int + {i}", (1,), prepare=True).fetchone(), (i + 1,))
    binary = connection.cursor(binary=True)
    check(binary.execute("select %b::int8", (1 << 40,), prepare=True).fetchone()[0], 1 << 40)


def batch(connection, tag, megabytes):
    with connection.cursor() as cursor:
        cursor.execute(f"create table {tag}_batch (id int primary key, name text)")
        cursor.executemany(
            f"insert into {tag}_batch values (%s, %s)", [(i, f"name {i}") for i in range(500)])
        check(cursor.rowcount, 500)
        cursor.executemany(
            f"select name from {tag}_batch where id = %s", [(7,), (8,)], returning=True)
        found = [cursor.fetchone()[0]]
        while cursor.nextset():
            found.append(cursor.fetchone()[0])
        check(found, ["name 7", "name 8"])
        cursor.execute(f"select 1; select 2; drop table {tag}_batch")


def pipeline(connection, tag, megabytes):
    with connection.pipeline() as pipe:
        cursors = [connection.execute("select %s::int * 2", (i,)) for i in range(200)]
        pipe.sync()
        check([c.fetchone()[0] for c in cursors], [i * 2 for i in range(200)])

    def broken():
        with connection.pipeline():
            connection.execute("select 1")
            connection.execute("select 1 / 0")
            connection.execute("select 2")

    fails(errors.DivisionByZero, broken)
    check(connection.execute("select 3").fetchone(), (3,))


def copy(connection, tag, megabytes):
    connection.execute(f"create table {tag}_copy (id int, name text)")
    with connection.cursor() as cursor:
        with cursor.copy(f"copy {tag}_copy from stdin") as to:
            for i in range(20000):
                to.write_row((i, None if i % 7 == 0 else f"name\t{i}\\"))
        with cursor.copy(f"copy (select * from {tag}_copy order by id) to stdout") as out:
            out.set_types(["int4", "text"])
            rows = list(out.rows())
        check(rows, [(i, None if i % 7 == 0 else f"name\t{i}\\") for i in range(20000)])
        with cursor.copy(f"copy {tag}_copy to stdout (format binary)") as out:
            check(b"".join(bytes(part) for part in out)[:11], b"PGCOPY\n\xff\r\n\x00")

        def broken():
            with cursor.copy(f"copy {tag}_copy from stdin") as to:
                to.write("1\tone\nx\ttwo\n")
                for _ in range(2000):
                    to.write("3\tthree and a long tail that goes on\n")

        fails(errors.InvalidTextRepresentation, broken)

        def given_up():
            with cursor.copy(f"copy {tag}_copy from stdin") as to:
                to.write("1\tone\n")
                raise KeyError("given up")

        fails(errors.QueryCanceled, given_up)
        check(cursor.execute(f"select count(*) from {tag}_copy").fetchone(), (20000,))
        cursor.execute(f"drop table {tag}_copy")


def cancel(connection, tag, megabytes):
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    fails(errors.QueryCanceled, connection.execute, "select pg_sleep(30)")
    timer.join()
    check(connection.execute("select 1").fetchone(), (1,))


def notice(connection, tag, megabytes):
    heard = []
    connection.add_notice_handler(lambda d: heard.append((d.severity, d.message_primary)))
    connection.execute("do $$ begin raise notice 'first'; raise warning 'second'; end $$")
    check(heard, [("NOTICE", "first"), ("WARNING", "second")])


def notify(connection, tag, megabytes):
    connection.execute(f"listen {tag}_channel")
    with psycopg.connect(URL, autocommit=True) as other:
        for word in ("one", "two"):
            other.execute("select pg_notify(%s, %s)", (f"{tag}_channel", word))
    heard = []
    for note in connection.notifies():
        heard.append((note.channel, note.payload))
        if len(heard) == 2:
            break
    check(heard, [(f"{tag}_channel", "one"), (f"{tag}_channel", "two")])
    connection.execute("unlisten *")


def large(connection, tag, megabytes):
    value = "0123456789abcdef" * (megabytes << 16)
    length, digest, back = connection.execute(
        "select octet_length(v), md5(v), v from (select %s::text as v) t", (value,)).fetchone()
    check(length, len(value))
    check(digest, hashlib.md5(value.encode()).hexdigest())
    check(back == value, True)
    del back
    rows = connection.execute(
        "select repeat('x', 1000) || i from generate_series(1, 20000) i").fetchall()
    check((len(rows), rows[-1][0][1000:]), (20000, "20000"))


def error(connection, tag, megabytes):
    connection.execute(f"create table {tag}_error (id int constraint {tag}_key primary key)")

    def doubled():
        with connection.transaction():
            connection.execute(f"insert into {tag}_error values (1)")
            connection.execute(f"insert into {tag}_error values (1)")

    check(fails(errors.UniqueViolation, doubled).diag.constraint_name, f"{tag}_key")
    with connection.transaction():
        connection.execute(f"insert into {tag}_error values (2)")
        with connection.transaction(force_rollback=True):
            connection.execute(f"insert into {tag}_error values (3)")
        fails(errors.DivisionByZero, lambda: inside(connection, "select 1 / 0"))
    check(connection.execute(f"select array_agg(id) from {tag}_error").fetchone(), ([2],))
    connection.execute("begin")
    check(fails(errors.SyntaxError, connection.execute, "selct 1").diag.statement_position, "1")
    fails(errors.InFailedSqlTransaction, connection.execute, "select 1")
    connection.execute("rollback")
    connection.execute(f"drop table {tag}_error")


def inside(connection, sql):
    with connection.transaction():
        connection.execute(sql)


def timezone(connection, tag, megabytes):
    moment = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.timezone.utc)
    for zone, hour in (("Asia/Tokyo", 21), ("America/New_York", 8)):
        connection.execute(f"set timezone to '{zone}'")
        check(connection.info.parameter_status("TimeZone"), zone)
        for _ in range(3):
            found = connection.execute("select %s::timestamptz", (moment,)).fetchone()[0]
            check((found, found.hour, found.tzinfo), (moment, hour, zoneinfo.ZoneInfo(zone)))
    connection.execute("reset timezone")


def arrays(connection, tag, megabytes):
    row = connection.execute(
        "select %s::int[], %s::text[], %s::numeric[][]",
        ([1, None, 3], ["a,b", 'c"d', None, ""], [[1, 2], [3, 4]])).fetchone()
    check(row, ([1, None, 3], ["a,b", 'c"d', None, ""], [[1, 2], [3, 4]]))


def cursor(connection, tag, megabytes):
    with connection.transaction():
        with connection.cursor(name=f"{tag}_cursor", scrollable=True) as named:
            named.itersize = 100
            named.execute("select i from generate_series(1, 1000) i")
            check(sum(row[0] for row in named), 500500)
            named.scroll(0, mode="absolute")
            check([row[0] for row in named.fetchmany(3)], [1, 2, 3])
    streamed = connection.cursor().stream("select generate_series(1, 5000)")
    check(sum(row[0] for row in streamed), 12502500)


def play(tag, megabytes, scenarios):
    say(version=f"psycopg {psycopg.__version__}, libpq {psycopg.pq.version()}")
    for name in scenarios:
        try:
            with psycopg.connect(URL, autocommit=True) as connection:
                globals()[name](connection, tag, megabytes)
            say(scenario=name, works=True)
        except Exception as problem:
            say(scenario=name, works=False, detail=repr(problem)[:1000])


def write(writer, stop):
    number = 0
    try:
        with psycopg.connect(URL) as connection:
            while not os.path.exists(stop):
                if number % 3 == 0:
                    with connection.pipeline():
                        number = insert(connection, writer, number, 5)
                        connection.commit()
                elif number % 3 == 1:
                    with connection.cursor().copy("copy entry (writer, number) from stdin") as to:
                        to.write_row((writer, number + 1))
                    connection.commit()
                    number += 1
                else:
                    number = insert(connection, writer, number, 2)
                    connection.commit()
                time.sleep(0.005)
        say(acknowledged=number)
    except Exception as problem:
        say(acknowledged=number, error=repr(problem))


def insert(connection, writer, number, count):
    for _ in range(count):
        number += 1
        connection.execute("insert into entry (writer, number) values (%s, %s)",
                           (writer, number), prepare=True)
    return number


def say(**what):
    print(json.dumps(what), flush=True)


if sys.argv[1] == "play":
    play(sys.argv[3], int(sys.argv[4]), sys.argv[5:])
else:
    write(int(sys.argv[3]), sys.argv[4])
