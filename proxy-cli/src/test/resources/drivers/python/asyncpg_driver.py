"""asyncpg. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged."""
import asyncio
import datetime
import decimal
import hashlib
import io
import json
import os
import sys

import asyncpg

URL = sys.argv[2]


def check(actual, expected):
    if actual != expected:
        raise AssertionError(f"{str(actual)[:200]!r} is not {str(expected)[:200]!r}")


async def fails(error, awaitable):
    try:
        await awaitable
    except error as caught:
        return caught
    raise AssertionError(f"no {error.__name__}")


async def prepared(connection, tag, megabytes):
    first = await connection.prepare("select $1::int + 1, $2::text")
    second = await connection.prepare("select $1::date")
    for i in range(20):
        name = None if i % 3 == 0 else f"v{i}"
        check(tuple(await first.fetchrow(i, name)), (i + 1, name))
        check(await second.fetchval(datetime.date(2026, 2, 3)), datetime.date(2026, 2, 3))
    # Past the size of its cache of statements it closes some, and prepares them again.
    for i in list(range(150)) + list(range(150)):
        check(await connection.fetchval(f"select $1::int + {i}", 1), i + 1)


async def batch(connection, tag, megabytes):
    await connection.execute(f"create table {tag}_batch (id int primary key, name text)")
    await connection.executemany(
        f"insert into {tag}_batch values ($1, $2)", [(i, f"name {i}") for i in range(2000)])
    check(await connection.fetchval(f"select count(*) from {tag}_batch"), 2000)
    await fails(asyncpg.UniqueViolationError, connection.executemany(
        f"insert into {tag}_batch values ($1, $2)", [(5000, "new"), (7, "old")]))
    check(await connection.fetchval(f"select count(*) from {tag}_batch"), 2000)
    await connection.execute(f"select 1; select 2; drop table {tag}_batch")


async def copy(connection, tag, megabytes):
    rows = [(i, None if i % 7 == 0 else f"name\t{i}\\") for i in range(20000)]
    await connection.execute(f"create table {tag}_copy (id int, name text)")
    check(await connection.copy_records_to_table(f"{tag}_copy", records=rows), "COPY 20000")
    out = io.BytesIO()
    check(await connection.copy_from_query(
        f"select * from {tag}_copy order by id", output=out, format="csv"), "COPY 20000")
    check(out.getvalue().count(b"\n"), 20000)
    await fails(asyncpg.InvalidTextRepresentationError, connection.copy_to_table(
        f"{tag}_copy", source=io.BytesIO(b"1\tone\nx\ttwo\n" + b"3\tthree\n" * 50000)))

    async def given_up():
        yield b"1\tone\n"
        raise KeyError("given up")

    await fails(KeyError, connection.copy_to_table(f"{tag}_copy", source=given_up()))
    check(await connection.fetchval(f"select count(*) from {tag}_copy"), 20000)
    await connection.execute(f"drop table {tag}_copy")


async def cancel(connection, tag, megabytes):
    await fails(asyncio.TimeoutError, connection.execute("select pg_sleep(30)", timeout=0.3))
    check(await connection.fetchval("select 1"), 1)
    sleeping = asyncio.create_task(connection.fetchval("select pg_sleep($1)", 30))
    await asyncio.sleep(0.3)
    sleeping.cancel()
    await fails(asyncio.CancelledError, sleeping)
    check(await connection.fetchval("select 2"), 2)


async def notice(connection, tag, megabytes):
    heard = []
    connection.add_log_listener(lambda _, note: heard.append((note.severity, note.message)))
    await connection.execute(
        "do $$ begin raise notice 'first'; raise warning 'second'; end $$")
    check(heard, [("NOTICE", "first"), ("WARNING", "second")])


async def notify(connection, tag, megabytes):
    heard = asyncio.Queue()
    await connection.add_listener(
        f"{tag}_channel", lambda _, pid, channel, payload: heard.put_nowait(payload))
    other = await asyncpg.connect(URL)
    for word in ("one", "two"):
        await other.execute("select pg_notify($1, $2)", f"{tag}_channel", word)
    await other.close()
    check([await asyncio.wait_for(heard.get(), 20) for _ in range(2)], ["one", "two"])
    await connection.reset()


async def large(connection, tag, megabytes):
    value = "0123456789abcdef" * (megabytes << 16)
    length, digest, back = await connection.fetchrow(
        "select octet_length(v), md5(v), v from (select $1::text as v) t", value)
    check(length, len(value))
    check(digest, hashlib.md5(value.encode()).hexdigest())
    check(back == value, True)
    rows = await connection.fetch(
        "select repeat('x', 1000) || i from generate_series(1, 20000) i")
    check((len(rows), rows[-1][0][1000:]), (20000, "20000"))


async def error(connection, tag, megabytes):
    await connection.execute(
        f"create table {tag}_error (id int constraint {tag}_key primary key)")

    async def doubled():
        async with connection.transaction():
            await connection.execute(f"insert into {tag}_error values (1)")
            await connection.execute(f"insert into {tag}_error values (1)")

    check((await fails(asyncpg.UniqueViolationError, doubled())).constraint_name, f"{tag}_key")

    async def inside(sql):
        async with connection.transaction():
            await connection.execute(sql)

    async with connection.transaction():
        await connection.execute(f"insert into {tag}_error values (2)")
        await fails(asyncpg.DivisionByZeroError, inside("select 1 / 0"))
        await inside(f"insert into {tag}_error values (3)")
    check(await connection.fetchval(f"select array_agg(id) from {tag}_error"), [2, 3])
    transaction = connection.transaction(isolation="serializable", readonly=True)
    await transaction.start()
    await fails(asyncpg.ReadOnlySQLTransactionError,
                connection.execute(f"insert into {tag}_error values (4)"))
    await fails(asyncpg.InFailedSQLTransactionError, connection.fetchval("select $1::int", 1))
    await transaction.rollback()
    await connection.execute(f"drop table {tag}_error")


async def timezone(connection, tag, megabytes):
    moment = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.timezone.utc)
    for zone, hour in (("Asia/Tokyo", "21"), ("America/New_York", "08")):
        await connection.execute(f"set timezone to '{zone}'")
        check(connection.get_settings().TimeZone, zone)
        for _ in range(3):
            check(await connection.fetchval("select $1::timestamptz", moment), moment)
            check(await connection.fetchval("select to_char($1::timestamptz, 'HH24')", moment),
                  hour)
    await connection.execute("reset timezone")


async def arrays(connection, tag, megabytes):
    row = await connection.fetchrow(
        "select $1::int[], $2::text[], $3::numeric[][]", [1, None, 3],
        ["a,b", 'c"d', None, ""], [[decimal.Decimal(1)], [decimal.Decimal("2.5")]])
    check(tuple(row), ([1, None, 3], ["a,b", 'c"d', None, ""],
                       [[decimal.Decimal(1)], [decimal.Decimal("2.5")]]))


async def cursor(connection, tag, megabytes):
    async with connection.transaction():
        total = 0
        async for row in connection.cursor(
                "select i from generate_series(1, $1) i", 1000, prefetch=100):
            total += row[0]
        check(total, 500500)
        portal = await connection.cursor("select i from generate_series(1, 100) i")
        check([row[0] for row in await portal.fetch(3)], [1, 2, 3])
        await portal.forward(10)
        check((await portal.fetchrow())[0], 14)


async def pool(connection, tag, megabytes):
    async with asyncpg.create_pool(URL, min_size=2, max_size=4) as connections:
        sums = await asyncio.gather(
            *(connections.fetchval("select $1::int + 1", i) for i in range(100)))
    check(sums, [i + 1 for i in range(100)])


async def play(tag, megabytes, scenarios):
    say(version=f"asyncpg {asyncpg.__version__}")
    for name in scenarios:
        try:
            connection = await asyncpg.connect(URL)
            await globals()[name](connection, tag, megabytes)
            await connection.close()
            say(scenario=name, works=True)
        except Exception as problem:
            say(scenario=name, works=False, detail=repr(problem)[:1000])


async def write(writer, stop):
    number = 0
    try:
        connection = await asyncpg.connect(URL)
        while not os.path.exists(stop):
            async with connection.transaction():
                rows = [(writer, number + i) for i in (1, 2, 3)]
                if number % 2 == 0:
                    await connection.executemany(
                        "insert into entry (writer, number) values ($1, $2)", rows)
                else:
                    await connection.copy_records_to_table(
                        "entry", records=rows, columns=["writer", "number"])
            number += 3
            await asyncio.sleep(0.005)
        await connection.close()
        say(acknowledged=number)
    except Exception as problem:
        say(acknowledged=number, error=repr(problem))


def say(**what):
    print(json.dumps(what), flush=True)


if sys.argv[1] == "play":
    asyncio.run(play(sys.argv[3], int(sys.argv[4]), sys.argv[5:]))
else:
    asyncio.run(write(int(sys.argv[3]), sys.argv[4]))
