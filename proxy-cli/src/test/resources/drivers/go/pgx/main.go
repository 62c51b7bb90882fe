// pgx. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER STOPFILE
// inserts numbered rows until the file is there and prints how many were acknowledged.
package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

var (
	url        = os.Args[2]
	background = context.Background()
)

type scenario func(db *pgx.Conn, tag string, megabytes int)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func check(actual, expected interface{}) {
	if !reflect.DeepEqual(actual, expected) {
		panic(fmt.Errorf("%v is not %v", actual, expected))
	}
}

func fails(state string, err error) *pgconn.PgError {
	var caught *pgconn.PgError
	if !errors.As(err, &caught) || caught.Code != state {
		panic(fmt.Errorf("%v instead of %s", err, state))
	}
	return caught
}

func run(db *pgx.Conn, text string, values ...interface{}) {
	_, err := db.Exec(background, text, values...)
	must(err)
}

var scenarios = map[string]scenario{
	"prepared": func(db *pgx.Conn, tag string, megabytes int) {
		_, err := db.Prepare(background, "one", "select $1::int + 1, $2::text")
		must(err)
		for i := 0; i < 20; i++ {
			name := fmt.Sprint("v", i)
			sent := &name
			if i%3 == 0 {
				sent = nil
			}
			var number int
			var back *string
			must(db.QueryRow(background, "one", i, sent).Scan(&number, &back))
			check(number, i+1)
			check(back, sent)
			var day time.Time
			must(db.QueryRow(background, "select $1::date", "2026-02-03").Scan(&day))
			check(day.Format("2006-01-02"), "2026-02-03")
		}
		must(db.Deallocate(background, "one"))
		_, err = db.Prepare(background, "one", "select 5")
		must(err)
		// Past the size of its cache of statements it closes some.
		for turn := 0; turn < 2; turn++ {
			for i := 0; i < 600; i += 2 {
				var found int
				must(db.QueryRow(background, fmt.Sprint("select $1::int + ", i), 1).Scan(&found))
				check(found, i+1)
			}
		}
	},
	"batch": func(db *pgx.Conn, tag string, megabytes int) {
		run(db, "create table "+tag+"_batch (id int primary key)")
		batch := &pgx.Batch{}
		for i := 0; i < 200; i++ {
			batch.Queue("insert into "+tag+"_batch values ($1)", i)
		}
		batch.Queue("select count(*) from " + tag + "_batch")
		results := db.SendBatch(background, batch)
		for i := 0; i < 200; i++ {
			_, err := results.Exec()
			must(err)
		}
		var count int
		must(results.QueryRow().Scan(&count))
		must(results.Close())
		check(count, 200)
		broken := &pgx.Batch{}
		broken.Queue("insert into "+tag+"_batch values ($1)", 1000)
		broken.Queue("insert into "+tag+"_batch values ($1)", 7)
		results = db.SendBatch(background, broken)
		_, err := results.Exec()
		must(err)
		_, err = results.Exec()
		fails("23505", err)
		results.Close()
		must(db.QueryRow(background, "select count(*) from "+tag+"_batch").Scan(&count))
		check(count, 200)
		run(db, "drop table "+tag+"_batch")
	},
	"copy": func(db *pgx.Conn, tag string, megabytes int) {
		run(db, "create table "+tag+"_copy (id int, name text)")
		var rows [][]interface{}
		for i := 0; i < 20000; i++ {
			rows = append(rows, []interface{}{i, fmt.Sprint("name\t", i)})
		}
		columns := []string{"id", "name"}
		count, err := db.CopyFrom(background, pgx.Identifier{tag + "_copy"}, columns, pgx.CopyFromRows(rows))
		must(err)
		check(count, int64(20000))
		var out bytes.Buffer
		_, err = db.PgConn().CopyTo(background, &out, "copy (select id from "+tag+"_copy order by id) to stdout")
		must(err)
		check(strings.Count(out.String(), "\n"), 20000)
		wrong := strings.NewReader("x\ttwo\n" + strings.Repeat("3\tthree\n", 50000))
		_, err = db.PgConn().CopyFrom(background, wrong, "copy "+tag+"_copy from stdin")
		fails("22P02", err)
		must(db.QueryRow(background, "select count(*) from "+tag+"_copy").Scan(&count))
		check(count, int64(20000))
		run(db, "drop table "+tag+"_copy")
	},
	"cancel": func(db *pgx.Conn, tag string, megabytes int) {
		time.AfterFunc(300*time.Millisecond, func() {
			db.PgConn().CancelRequest(background)
		})
		_, err := db.Exec(background, "select pg_sleep(30)")
		fails("57014", err)
		var one int
		must(db.QueryRow(background, "select 1").Scan(&one))
		check(one, 1)
	},
	"notice": func(db *pgx.Conn, tag string, megabytes int) {
		var heard []string
		config, err := pgx.ParseConfig(url)
		must(err)
		config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
			heard = append(heard, n.Severity+" "+n.Message)
		}
		hearing, err := pgx.ConnectConfig(background, config)
		must(err)
		defer hearing.Close(background)
		run(hearing, "do $$ begin raise notice 'first'; raise warning 'second'; end $$")
		check(heard, []string{"NOTICE first", "WARNING second"})
	},
	"notify": func(db *pgx.Conn, tag string, megabytes int) {
		run(db, "listen "+tag+"_channel")
		other, err := pgx.Connect(background, url)
		must(err)
		defer other.Close(background)
		for _, word := range []string{"one", "two"} {
			run(other, "select pg_notify($1, $2)", tag+"_channel", word)
			limited, done := context.WithTimeout(background, 20*time.Second)
			note, err := db.WaitForNotification(limited)
			done()
			must(err)
			check(note.Payload, word)
		}
		run(db, "unlisten *")
	},
	"large": func(db *pgx.Conn, tag string, megabytes int) {
		sent := strings.Repeat("0123456789abcdef", megabytes<<16)
		var length int
		var digest, back string
		must(db.QueryRow(background, "select octet_length(v), md5(v), v from (select $1::text as v) t", sent).Scan(&length, &digest, &back))
		check(length, len(sent))
		check(digest, fmt.Sprintf("%x", md5.Sum([]byte(sent))))
		check(back == sent, true)
	},
	"error": func(db *pgx.Conn, tag string, megabytes int) {
		run(db, "create table "+tag+"_error (id int constraint "+tag+"_key primary key)")
		err := db.BeginFunc(background, func(tx pgx.Tx) error {
			_, err := tx.Exec(background, "insert into "+tag+"_error values (1), (1)")
			_, after := tx.Exec(background, "select 1")
			fails("25P02", after)
			return err
		})
		check(fails("23505", err).ConstraintName, tag+"_key")
		must(db.BeginFunc(background, func(tx pgx.Tx) error {
			fails("22012", tx.BeginFunc(background, func(inner pgx.Tx) error {
				_, err := inner.Exec(background, "select 1 / $1::int", 0)
				return err
			}))
			_, err := tx.Exec(background, "insert into "+tag+"_error values (2)")
			return err
		}))
		var ids []int32
		must(db.QueryRow(background, "select array_agg(id) from "+tag+"_error").Scan(&ids))
		check(ids, []int32{2})
		run(db, "drop table "+tag+"_error")
	},
	"timezone": func(db *pgx.Conn, tag string, megabytes int) {
		moment := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
		for zone, hour := range map[string]string{"Asia/Tokyo": "21", "America/New_York": "08"} {
			run(db, "set timezone to '"+zone+"'")
			check(db.PgConn().ParameterStatus("TimeZone"), zone)
			for i := 0; i < 3; i++ {
				var at time.Time
				var shown string
				must(db.QueryRow(background, "select $1::timestamptz, to_char($1::timestamptz, 'HH24')", moment).Scan(&at, &shown))
				check(at.Equal(moment), true)
				check(shown, hour)
			}
		}
		run(db, "reset timezone")
	},
	"arrays": func(db *pgx.Conn, tag string, megabytes int) {
		var numbers []int32
		var words []*string
		comma := "a,b"
		must(db.QueryRow(background, "select $1::int[], $2::text[]", []int32{1, 2, 3}, []*string{&comma, nil}).Scan(&numbers, &words))
		check(numbers, []int32{1, 2, 3})
		check(words, []*string{&comma, nil})
	},
	"cursor": func(db *pgx.Conn, tag string, megabytes int) {
		must(db.BeginFunc(background, func(tx pgx.Tx) error {
			_, err := tx.Exec(background, "declare "+tag+"_cursor cursor for select i from generate_series(1, 1000) i")
			must(err)
			total := 0
			for turn := 0; turn < 10; turn++ {
				rows, err := tx.Query(background, "fetch 100 from "+tag+"_cursor")
				must(err)
				for rows.Next() {
					var i int
					must(rows.Scan(&i))
					total += i
				}
				must(rows.Err())
			}
			check(total, 500500)
			return nil
		}))
		result := db.PgConn().ExecParams(background, "select generate_series(1, 5000)", nil, nil, nil, nil)
		rows := 0
		for result.NextRow() {
			rows++
		}
		_, err := result.Close()
		must(err)
		check(rows, 5000)
	},
	"pool": func(db *pgx.Conn, tag string, megabytes int) {
		config, err := pgxpool.ParseConfig(url)
		must(err)
		config.MaxConns = 4
		pool, err := pgxpool.ConnectConfig(background, config)
		must(err)
		defer pool.Close()
		var all sync.WaitGroup
		found := make([]int, 100)
		for i := range found {
			all.Add(1)
			go func(i int) {
				defer all.Done()
				pool.QueryRow(background, "select $1::int + 1", i).Scan(&found[i])
			}(i)
		}
		all.Wait()
		for i := range found {
			check(found[i], i+1)
		}
	},
}

func say(what map[string]interface{}) {
	line, err := json.Marshal(what)
	must(err)
	fmt.Println(string(line))
}

func play(tag string, megabytes int, names []string) {
	say(map[string]interface{}{"version": "pgx v4"})
	for _, name := range names {
		func() {
			line := map[string]interface{}{"scenario": name, "works": true}
			defer func() {
				if problem := recover(); problem != nil {
					line["works"] = false
					line["detail"] = fmt.Sprint(problem)
				}
				say(line)
			}()
			db, err := pgx.Connect(background, url)
			must(err)
			defer db.Close(background)
			scenarios[name](db, tag, megabytes)
		}()
	}
}

func write(writer int, stop string) (number int, err error) {
	db, err := pgx.Connect(background, url)
	if err != nil {
		return 0, err
	}
	defer db.Close(background)
	for {
		if _, gone := os.Stat(stop); gone == nil {
			return number, nil
		}
		if number%2 == 0 {
			batch := &pgx.Batch{}
			for i := 1; i <= 3; i++ {
				batch.Queue("insert into entry (writer, number) values ($1, $2)", writer, number+i)
			}
			if err = db.SendBatch(background, batch).Close(); err != nil {
				return number, err
			}
		} else {
			rows := [][]interface{}{{writer, number + 1}, {writer, number + 2}, {writer, number + 3}}
			if _, err = db.CopyFrom(background, pgx.Identifier{"entry"}, []string{"writer", "number"}, pgx.CopyFromRows(rows)); err != nil {
				return number, err
			}
		}
		number += 3
		time.Sleep(5 * time.Millisecond)
	}
}

func main() {
	number, err := strconv.Atoi(os.Args[3])
	if os.Args[1] == "play" {
		number, err = strconv.Atoi(os.Args[4])
		must(err)
		play(os.Args[3], number, os.Args[5:])
		return
	}
	must(err)
	acknowledged, err := write(number, os.Args[4])
	line := map[string]interface{}{"acknowledged": acknowledged}
	if err != nil {
		line["error"] = err.Error()
	}
	say(line)
}
