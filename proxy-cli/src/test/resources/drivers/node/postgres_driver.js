// Postgres.js. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
// STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged.
'use strict';
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const { pipeline: pump } = require('node:stream/promises');
const { setTimeout: pause } = require('node:timers/promises');
const postgres = require('postgres');

const [, , act, url, ...rest] = process.argv;
const say = (what) => console.log(JSON.stringify(what));
const code = (state) => (problem) => problem.code === state;

// The driver does not read sslrootcert, and knows an address's certificate by `ssl.host` only.
const address = new URL(url);
const authority = address.searchParams.get('sslrootcert');
address.search = '';
const ssl = authority && { ca: fs.readFileSync(authority), host: address.hostname };
const connect = (options) =>
  postgres(address.href, { ssl, max: 1, onnotice: () => {}, ...options });

const scenarios = {
  async prepared(sql) {
    for (let i = 0; i < 20; i++) {
      const name = i % 3 === 0 ? null : `v${i}`;
      assert.deepEqual([...await sql`select ${i}::int + 1 as a, ${name}::text as b`],
        [{ a: i + 1, b: name }]);
      assert.equal((await sql`select ${'2026-02-03'}::date::text as d`)[0].d, '2026-02-03');
    }
    const described = await sql`select ${1}::int as a, ${'x'}::text as b`.describe();
    assert.deepEqual(described.columns.map((c) => c.name), ['a', 'b']);
  },

  async batch(sql, tag) {
    const rows = Array.from({ length: 500 }, (_, i) => ({ id: i, name: `name ${i}` }));
    await sql`create table ${sql(`${tag}_batch`)} (id int primary key, name text)`;
    await sql`insert into ${sql(`${tag}_batch`)} ${sql(rows)}`;
    const several = await sql.unsafe(`select 1 as a; select 2 as b; drop table ${tag}_batch`).simple();
    assert.deepEqual(several.slice(0, 2).map((r) => r[0]), [{ a: 1 }, { b: 2 }]);
  },

  async pipeline(sql) {
    // On one connection the driver sends ahead without waiting for answers.
    const ahead = Array.from({ length: 200 }, (_, i) => sql`select ${i}::int * 2 as v`);
    const settled = await Promise.allSettled([...ahead, sql`select 1 / ${0}::int`, sql`select 3 as v`]);
    settled.slice(0, 200).forEach((s, i) => assert.equal(s.value[0].v, i * 2));
    assert.equal(settled[200].reason.code, '22012');
    assert.equal(settled[201].value[0].v, 3);
  },

  async copy(sql, tag) {
    await sql.unsafe(`create table ${tag}_copy (id int, name text)`);
    // Short enough for one read: the driver's own streams lose their end at times when paused.
    const lines = Array.from({ length: 400 }, (_, i) => `${i}\t${i % 7 ? `name ${i}` : '\\N'}\n`);
    await pump(Readable.from(lines), await sql.unsafe(`copy ${tag}_copy from stdin`).writable());
    const chunks = [];
    const out = await sql.unsafe(`copy (select * from ${tag}_copy order by id) to stdout`).readable();
    for await (const chunk of out) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), lines.join(''));
    assert.equal((await sql.unsafe(`select count(*)::int as n from ${tag}_copy`))[0].n, 400);
    await sql.unsafe(`drop table ${tag}_copy`);
  },

  async cancel(sql) {
    // Logged in first: cancelled before that, the driver's connection stays silent for ever.
    await sql`select 0`;
    const sleeping = sql`select pg_sleep(30)`.execute();
    await pause(300);
    sleeping.cancel();
    await assert.rejects(sleeping, code('57014'));
    assert.equal((await sql`select 1 as one`)[0].one, 1);
  },

  async notice() {
    const heard = [];
    const sql = connect({ onnotice: (n) => heard.push([n.severity, n.message]) });
    await sql`do $$ begin raise notice 'first'; raise warning 'second'; end $$`;
    assert.deepEqual(heard, [['NOTICE', 'first'], ['WARNING', 'second']]);
    await sql.end();
  },

  async notify(sql, tag) {
    const heard = [];
    let done;
    const both = new Promise((resolve) => { done = resolve; });
    const listening = await sql.listen(`${tag}_channel`, (word) => heard.push(word) === 2 && done());
    await sql.notify(`${tag}_channel`, 'one');
    await sql.notify(`${tag}_channel`, 'two');
    await both;
    assert.deepEqual(heard, ['one', 'two']);
    await listening.unlisten();
  },

  async large(sql, tag, megabytes) {
    const sent = '0123456789abcdef'.repeat(megabytes << 16);
    const [row] = await sql`
      select octet_length(v) as length, md5(v) as digest, v from (select ${sent}::text as v) t`;
    assert.equal(row.length, sent.length);
    assert.equal(row.digest, crypto.createHash('md5').update(sent).digest('hex'));
    assert.ok(row.v === sent);
    const many = await sql`select repeat('x', 1000) || i as v from generate_series(1, 20000) i`;
    assert.equal(many[19999].v.slice(1000), '20000');
  },

  async error(sql, tag) {
    const table = sql(`${tag}_error`);
    await sql.unsafe(`create table ${tag}_error (id int constraint ${tag}_key primary key)`);
    await assert.rejects(sql.begin(async (inner) => {
      await inner`insert into ${table} values (1)`;
      await inner`insert into ${table} values (1)`;
    }), (problem) => problem.code === '23505' && problem.constraint_name === `${tag}_key`);
    await sql.begin(async (inner) => {
      await assert.rejects(inner.savepoint((deep) => deep`select 1 / ${0}::int`), code('22012'));
      await inner`insert into ${table} values (2)`;
    });
    assert.deepEqual((await sql`select array_agg(id) as ids from ${table}`)[0].ids, [2]);
    await assert.rejects(sql`selct ${1}`, code('42601'));
    await assert.rejects(sql.begin('read only', (inner) => inner`insert into ${table} values (3)`),
      code('25006'));
    await sql`drop table ${table}`;
  },

  async timezone(sql) {
    const moment = new Date(Date.UTC(2026, 6, 1, 12));
    for (const [zone, hour] of [['Asia/Tokyo', '21'], ['America/New_York', '08']]) {
      await sql.unsafe(`set timezone to '${zone}'`);
      for (let i = 0; i < 3; i++) {
        const [row] = await sql`
          select ${moment}::timestamptz as at, to_char(${moment}::timestamptz, 'HH24') as hour`;
        assert.deepEqual({ ...row }, { at: moment, hour });
      }
    }
    await sql`reset timezone`;
  },

  async arrays(sql) {
    const [row] = await sql`select ${sql.array([1, 2, 3], 1007)}::int[] as a,
      ${['a,b', 'c"d', '']}::text[] as b, ${[[1, 2], [3, 4]]}::int[] as c`;
    assert.deepEqual({ ...row },
      { a: [1, 2, 3], b: ['a,b', 'c"d', ''], c: [[1, 2], [3, 4]] });
  },

  async cursor(sql) {
    let total = 0;
    let turns = 0;
    for await (const rows of sql`select i from generate_series(1, 1000) i`.cursor(100)) {
      turns += 1;
      for (const row of rows) total += row.i;
    }
    assert.deepEqual([total, turns], [500500, 10]);
    total = 0;
    await sql`select i from generate_series(1, 5000) i`.forEach((row) => { total += row.i; });
    assert.equal(total, 12502500);
  },

  async pool() {
    const sql = connect({ max: 4 });
    const all = Array.from({ length: 100 }, (_, i) => sql`select ${i}::int as i`);
    (await Promise.all(all)).forEach((rows, i) => assert.equal(rows[0].i, i));
    await sql.end();
  },
};

async function play(tag, megabytes, names) {
  const about = path.join(path.dirname(require.resolve('postgres')), '..', '..', 'package.json');
  say({ version: `Postgres.js ${JSON.parse(fs.readFileSync(about)).version}` });
  for (const scenario of names) {
    try {
      const sql = connect();
      await scenarios[scenario](sql, tag, Number(megabytes));
      await sql.end();
      say({ scenario, works: true });
    } catch (problem) {
      say({ scenario, works: false, detail: String(problem.stack).slice(0, 1000) });
    }
  }
}

async function write(writer, stop) {
  let acknowledged = 0;
  try {
    const sql = connect();
    const insert = (on, number) => on`insert into entry (writer, number) values (${writer}, ${number})`;
    while (!fs.existsSync(stop)) {
      if (acknowledged % 2 === 0) {
        await Promise.all([1, 2, 3].map((i) => insert(sql, acknowledged + i)));
      } else {
        await sql.begin((inner) => Promise.all([1, 2, 3].map((i) => insert(inner, acknowledged + i))));
      }
      acknowledged += 3;
      await pause(5);
    }
    await sql.end();
    say({ acknowledged });
  } catch (problem) {
    say({ acknowledged, error: String(problem.stack) });
  }
}

(act === 'play' ? play(rest[0], rest[1], rest.slice(2)) : write(Number(rest[0]), rest[1]))
  .then(() => process.exit(0));
