// node-postgres. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
// STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged.
'use strict';
const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const { once } = require('node:events');
const { Readable } = require('node:stream');
const { pipeline: pump } = require('node:stream/promises');
const { setTimeout: pause } = require('node:timers/promises');
const pg = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');
const copies = require('pg-copy-streams');

const [, , act, url, ...rest] = process.argv;
const say = (what) => console.log(JSON.stringify(what));

// It ties its login to the server's certificate where it is asked to, and can.
const options = { connectionString: url, enableChannelBinding: true };

async function connect() {
  const client = new pg.Client(options);
  await client.connect();
  return client;
}

async function value(client, text, values) {
  const { rows } = await client.query({ text, values, rowMode: 'array' });
  return rows[0][0];
}

const code = (state) => (problem) => problem.code === state;

const scenarios = {
  async prepared(client) {
    for (let i = 0; i < 20; i++) {
      const name = i % 3 === 0 ? null : `v${i}`;
      const one = { name: 'one', text: 'select $1::int + 1 as a, $2::text as b', values: [i, name] };
      assert.deepEqual((await client.query(one)).rows, [{ a: i + 1, b: name }]);
      const two = { name: 'two', text: 'select $1::date::text as d', values: ['2026-02-03'] };
      assert.deepEqual((await client.query(two)).rows, [{ d: '2026-02-03' }]);
    }
    const binary = { text: 'select $1::int', values: [7], binary: true };
    assert.equal(Object.values((await client.query(binary)).rows[0])[0], 7);
  },

  async batch(client, tag) {
    const results = await client.query(`create table ${tag}_batch (id int); insert into ${tag}_batch
      select generate_series(1, 10); select count(*)::int from ${tag}_batch`);
    assert.deepEqual(results.map((r) => r.command), ['CREATE', 'INSERT', 'SELECT']);
    assert.equal(results[2].rows[0].count, 10);
    // Queued by the driver, sent one after the other on one connection.
    const queued = [];
    for (let i = 0; i < 200; i++) queued.push(client.query('select $1::int as i', [i]));
    (await Promise.all(queued)).forEach((r, i) => assert.equal(r.rows[0].i, i));
    await client.query(`drop table ${tag}_batch`);
  },

  async copy(client, tag) {
    await client.query(`create table ${tag}_copy (id int, name text)`);
    const lines = Array.from({ length: 20000 }, (_, i) => `${i}\t${i % 7 ? `name ${i}` : '\\N'}\n`);
    await pump(Readable.from(lines), client.query(copies.from(`copy ${tag}_copy from stdin`)));
    const out = client.query(copies.to(`copy (select * from ${tag}_copy order by id) to stdout`));
    const chunks = [];
    for await (const chunk of out) chunks.push(chunk);
    assert.equal(Buffer.concat(chunks).toString(), lines.join(''));
    const broken = Readable.from(['1\tone\nx\ttwo\n', ...lines]);
    await assert.rejects(
      pump(broken, client.query(copies.from(`copy ${tag}_copy from stdin`))), code('22P02'));
    assert.equal(await value(client, `select count(*)::int from ${tag}_copy`), 20000);
    await client.query(`drop table ${tag}_copy`);
  },

  async cancel(client) {
    // The driver's own way: a second client that is told the first one's key.
    const sleeping = client.query('select pg_sleep(30)');
    const query = client._activeQuery ?? client.activeQuery;
    await pause(300);
    new pg.Client(options).cancel(client, query);
    await assert.rejects(sleeping, code('57014'));
    assert.equal(await value(client, 'select 1'), 1);
  },

  async notice(client) {
    const heard = [];
    client.on('notice', (n) => heard.push([n.severity, n.message]));
    await client.query("do $$ begin raise notice 'first'; raise warning 'second'; end $$");
    assert.deepEqual(heard, [['NOTICE', 'first'], ['WARNING', 'second']]);
  },

  async notify(client, tag) {
    const heard = [];
    const both = new Promise((done) => {
      client.on('notification', (n) => heard.push(n.payload) === 2 && done());
    });
    await client.query(`listen ${tag}_channel`);
    const other = await connect();
    for (const word of ['one', 'two']) {
      await other.query('select pg_notify($1, $2)', [`${tag}_channel`, word]);
    }
    await other.end();
    await both;
    assert.deepEqual(heard, ['one', 'two']);
    await client.query('unlisten *');
  },

  async large(client, tag, megabytes) {
    const sent = '0123456789abcdef'.repeat(megabytes << 16);
    const { rows } = await client.query(
      'select octet_length(v) as length, md5(v) as digest, v from (select $1::text as v) t', [sent]);
    assert.equal(rows[0].length, sent.length);
    assert.equal(rows[0].digest, crypto.createHash('md5').update(sent).digest('hex'));
    assert.ok(rows[0].v === sent);
    const many = await client.query("select repeat('x', 1000) || i as v from generate_series(1, 20000) i");
    assert.equal(many.rows[19999].v.slice(1000), '20000');
  },

  async error(client, tag) {
    await client.query(`create table ${tag}_error (id int constraint ${tag}_key primary key)`);
    await client.query('begin');
    await client.query(`insert into ${tag}_error values (1)`);
    await assert.rejects(client.query(`insert into ${tag}_error values ($1)`, [1]),
      (problem) => problem.code === '23505' && problem.constraint === `${tag}_key`);
    await assert.rejects(client.query('select $1::int', [1]), code('25P02'));
    await client.query('rollback');
    await client.query('begin');
    await client.query('savepoint here');
    await assert.rejects(client.query('select 1 / 0'), code('22012'));
    await client.query('rollback to here');
    await client.query(`insert into ${tag}_error values (2)`);
    await client.query('commit');
    assert.deepEqual(await value(client, `select array_agg(id) from ${tag}_error`), [2]);
    await assert.rejects(client.query({ name: 'bad', text: 'selct' }), code('42601'));
    await client.query(`drop table ${tag}_error`);
  },

  async timezone(client) {
    const moment = new Date(Date.UTC(2026, 6, 1, 12));
    for (const [zone, hour] of [['Asia/Tokyo', '21'], ['America/New_York', '08']]) {
      await client.query(`set timezone to '${zone}'`);
      for (let i = 0; i < 3; i++) {
        assert.deepEqual(await value(client, 'select $1::timestamptz', [moment]), moment);
        assert.equal(await value(client, "select to_char($1::timestamptz, 'HH24')", [moment]), hour);
      }
    }
    await client.query('reset timezone');
  },

  async arrays(client) {
    const { rows } = await client.query('select $1::int[] as a, $2::text[] as b, $3::int[] as c',
      [[1, null, 3], ['a,b', 'c"d', null, ''], [[1, 2], [3, 4]]]);
    assert.deepEqual(rows[0], { a: [1, null, 3], b: ['a,b', 'c"d', null, ''], c: [[1, 2], [3, 4]] });
  },

  async cursor(client) {
    const cursor = client.query(new Cursor('select i from generate_series(1, $1::int) i', [1000]));
    assert.deepEqual((await cursor.read(3)).map((r) => r.i), [1, 2, 3]);
    assert.equal((await cursor.read(500)).length, 500);
    await cursor.close();
    let total = 0;
    const stream = new QueryStream('select i from generate_series(1, 5000) i', [], { batchSize: 50 });
    for await (const row of client.query(stream)) total += row.i;
    assert.equal(total, 12502500);
  },

  async pool() {
    const pool = new pg.Pool({ ...options, max: 4 });
    const all = Array.from({ length: 100 }, (_, i) => pool.query('select $1::int as i', [i]));
    (await Promise.all(all)).forEach((r, i) => assert.equal(r.rows[0].i, i));
    await pool.end();
  },
};

async function play(tag, megabytes, names) {
  say({ version: `pg ${require('pg/package.json').version}` });
  for (const scenario of names) {
    try {
      const client = await connect();
      await scenarios[scenario](client, tag, Number(megabytes));
      await client.end();
      say({ scenario, works: true });
    } catch (problem) {
      say({ scenario, works: false, detail: String(problem.stack).slice(0, 1000) });
    }
  }
}

async function write(writer, stop) {
  let acknowledged = 0;
  try {
    const client = await connect();
    const insert = (number) => client.query({
      name: 'insert', text: 'insert into entry (writer, number) values ($1, $2)',
      values: [writer, number],
    });
    while (!fs.existsSync(stop)) {
      if (acknowledged % 2 === 0) {
        await insert(acknowledged + 1);
        acknowledged += 1;
      } else {
        await client.query('begin');
        await Promise.all([1, 2, 3].map((i) => insert(acknowledged + i)));
        await client.query('commit');
        acknowledged += 3;
      }
      await pause(5);
    }
    await client.end();
    say({ acknowledged });
  } catch (problem) {
    say({ acknowledged, error: String(problem.stack) });
  }
}

(act === 'play' ? play(rest[0], rest[1], rest.slice(2)) : write(Number(rest[0]), rest[1]))
  .then(() => process.exit(0));
