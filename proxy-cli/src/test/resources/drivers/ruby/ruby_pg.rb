# ruby-pg. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
# STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged.
require 'digest'
require 'json'
require 'pg'

$stdout.sync = true
ACT, ADDRESS, *REST = ARGV

def say(what)
  puts JSON.generate(what)
end

def check(actual, expected)
  raise "#{actual.inspect[0, 200]} is not #{expected.inspect[0, 200]}" unless actual == expected
end

def fails(error)
  yield
rescue error => e
  e
else
  raise "no #{error}"
end

def value(db, sql, values = [])
  db.exec_params(sql, values).getvalue(0, 0)
end

module Scenarios
  module_function

  def prepared(db, _tag, _megabytes)
    db.prepare('one', 'select $1::int + 1, $2::text')
    db.prepare('two', 'select $1::date')
    20.times do |i|
      name = i % 3 == 0 ? nil : "v#{i}"
      check(db.exec_prepared('one', [i, name]).values, [[(i + 1).to_s, name]])
      check(db.exec_prepared('two', ['2026-02-03']).values, [['2026-02-03']])
    end
    check(db.describe_prepared('one').nparams, 2)
    check(db.exec_prepared('one', [1, 'x'], 1).getvalue(0, 0), [2].pack('N'))
    fails(PG::InvalidSqlStatementName) { db.exec_prepared('none') }
    db.exec('deallocate one')
    fails(PG::InvalidSqlStatementName) { db.exec_prepared('one', [1, 'x']) }
    db.prepare('one', 'select 5')
    check(db.exec_prepared('one').values, [['5']])
    db.exec('prepare three as select $1::int * 3')
    check(db.exec_prepared('three', [5]).values, [['15']])
    db.exec('deallocate all')
    fails(PG::InvalidSqlStatementName) { db.exec_prepared('two', ['2026-02-03']) }
  end

  def batch(db, tag, _megabytes)
    db.send_query("create table #{tag}_batch (id int); insert into #{tag}_batch values (1), (2);" \
                  " select count(*) from #{tag}_batch; drop table #{tag}_batch")
    statuses = []
    while (result = db.get_result)
      statuses << result.cmd_status
    end
    check(statuses, ['CREATE TABLE', 'INSERT 0 2', 'SELECT 1', 'DROP TABLE'])
  end

  def pipeline(db, _tag, _megabytes)
    db.enter_pipeline_mode
    100.times { |i| db.send_query_params('select $1::int * 2', [i]) }
    db.send_query_params('select 1 / $1::int', [0])
    db.send_query_params('select 1', [])
    db.pipeline_sync
    db.send_query_params('select 3', [])
    db.pipeline_sync
    100.times do |i|
      check(db.get_result.getvalue(0, 0), (i * 2).to_s)
      db.get_result
    end
    fails(PG::DivisionByZero) { db.get_result.check }
    db.get_result
    check(db.get_result.result_status, PG::PGRES_PIPELINE_ABORTED)
    db.get_result
    check(db.get_result.result_status, PG::PGRES_PIPELINE_SYNC)
    check(db.get_result.getvalue(0, 0), '3')
    db.get_result
    check(db.get_result.result_status, PG::PGRES_PIPELINE_SYNC)
    db.exit_pipeline_mode
    check(value(db, 'select 4'), '4')
  end

  def copy(db, tag, _megabytes)
    lines = Array.new(20_000) { |i| "#{i}\t#{i % 7 == 0 ? '\\N' : "name #{i}"}\n" }
    db.exec("create table #{tag}_copy (id int, name text)")
    db.copy_data("copy #{tag}_copy from stdin") { lines.each { |line| db.put_copy_data(line) } }
    out = []
    db.copy_data("copy (select * from #{tag}_copy order by id) to stdout") do
      while (line = db.get_copy_data)
        out << line
      end
    end
    check(out, lines)
    fails(PG::InvalidTextRepresentation) do
      db.copy_data("copy #{tag}_copy from stdin") do
        db.put_copy_data("x\ttwo\n")
        5000.times { db.put_copy_data("3\tthree\n") }
      end
    end
    fails(KeyError) do
      db.copy_data("copy #{tag}_copy from stdin") do
        db.put_copy_data("1\tone\n")
        raise KeyError, 'given up'
      end
    end
    check(value(db, "select count(*) from #{tag}_copy"), '20000')
    db.exec("drop table #{tag}_copy")
  end

  def cancel(db, _tag, _megabytes)
    db.send_query('select pg_sleep(30)')
    sleep 0.3
    db.cancel
    fails(PG::QueryCanceled) { db.get_last_result }
    check(value(db, 'select 1'), '1')
  end

  def notice(db, _tag, _megabytes)
    heard = []
    db.set_notice_receiver do |result|
      heard << [PG::PG_DIAG_SEVERITY, PG::PG_DIAG_MESSAGE_PRIMARY].map { |f| result.error_field(f) }
    end
    db.exec("do $$ begin raise notice 'first'; raise warning 'second'; end $$")
    check(heard, [%w[NOTICE first], %w[WARNING second]])
  end

  def notify(db, tag, _megabytes)
    db.exec("listen #{tag}_channel")
    other = PG.connect(ADDRESS)
    %w[one two].each { |word| other.exec_params('select pg_notify($1, $2)', ["#{tag}_channel", word]) }
    other.close
    heard = Array.new(2) do
      word = nil
      db.wait_for_notify(20) { |_channel, _pid, payload| word = payload }
      word
    end
    check(heard, %w[one two])
    db.exec('unlisten *')
  end

  def large(db, _tag, megabytes)
    sent = '0123456789abcdef' * (megabytes << 16)
    row = db.exec_params('select octet_length(v), md5(v), v from (select $1::text as v) t', [sent])
            .values[0]
    check(row[0], sent.length.to_s)
    check(row[1], Digest::MD5.hexdigest(sent))
    check(row[2] == sent, true)
    rows = db.exec("select repeat('x', 1000) || i from generate_series(1, 20000) i")
    check(rows.getvalue(19_999, 0)[1000..], '20000')
  end

  def error(db, tag, _megabytes)
    db.exec("create table #{tag}_error (id int constraint #{tag}_key primary key)")
    doubled = fails(PG::UniqueViolation) do
      db.transaction { 2.times { db.exec("insert into #{tag}_error values (1)") } }
    end
    check(doubled.result.error_field(PG::PG_DIAG_CONSTRAINT_NAME), "#{tag}_key")
    db.exec('begin; savepoint here')
    fails(PG::DivisionByZero) { db.exec_params('select 1 / $1::int', [0]) }
    check(db.transaction_status, PG::PQTRANS_INERROR)
    fails(PG::InFailedSqlTransaction) { value(db, 'select $1::int', [1]) }
    db.exec("rollback to here; insert into #{tag}_error values (2); commit")
    check(value(db, "select array_agg(id) from #{tag}_error"), '{2}')
    db.exec("drop table #{tag}_error")
  end

  def timezone(db, _tag, _megabytes)
    { 'Asia/Tokyo' => '2026-07-01 21:00:00+09',
      'America/New_York' => '2026-07-01 08:00:00-04' }.each do |zone, shown|
      db.exec("set timezone to '#{zone}'")
      check(db.parameter_status('TimeZone'), zone)
      3.times { check(value(db, 'select $1::timestamptz', ['2026-07-01 12:00:00+00']), shown) }
    end
    db.exec('reset timezone')
  end

  def arrays(db, _tag, _megabytes)
    encode = PG::TextEncoder::Array.new
    decode = PG::TextDecoder::Array.new
    [[1, nil, 3], ['a,b', 'c"d', nil, ''], [[1, 2], [3, 4]]].each do |array|
      back = decode.decode(value(db, 'select $1::text[]', [encode.encode(array)]))
      check(back.flatten, array.flatten.map { |element| element&.to_s })
    end
  end

  def cursor(db, tag, _megabytes)
    db.transaction do
      db.exec("declare #{tag}_cursor scroll cursor for select generate_series(1, 1000) i")
      total = 0
      loop do
        rows = db.exec("fetch 100 from #{tag}_cursor").column_values(0)
        break if rows.empty?

        total += rows.sum(&:to_i)
      end
      check(total, 500_500)
      check(value(db, "fetch absolute 3 from #{tag}_cursor"), '3')
    end
    db.send_query('select generate_series(1, 5000)')
    db.set_single_row_mode
    check(db.get_result.stream_each_row.sum { |row| row[0].to_i }, 12_502_500)
  end
end

def play(tag, megabytes, names)
  say(version: "ruby-pg #{PG::VERSION}")
  names.each do |name|
    db = PG.connect(ADDRESS)
    db.set_notice_processor { |_| nil }
    Scenarios.send(name, db, tag, megabytes)
    db.close
    say(scenario: name, works: true)
  rescue StandardError => e
    say(scenario: name, works: false, detail: "#{e.class}: #{e.message} #{e.backtrace&.first}")
  end
end

def write(writer, stop)
  number = 0
  db = PG.connect(ADDRESS)
  db.prepare('insert', 'insert into entry (writer, number) values ($1, $2)')
  until File.exist?(stop)
    if number.even?
      db.exec_prepared('insert', [writer, number + 1])
      number += 1
    else
      db.transaction { [1, 2].each { |i| db.exec_prepared('insert', [writer, number + i]) } }
      number += 2
    end
    sleep 0.005
  end
  db.close
  say(acknowledged: number)
rescue StandardError => e
  say(acknowledged: number, error: "#{e.class}: #{e.message}")
end

if ACT == 'play'
  play(REST[0], REST[1].to_i, REST[2..])
else
  write(REST[0].to_i, REST[1])
end
