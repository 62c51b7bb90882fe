// lib/pq. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
// STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged.
package main

import (
	"context"
	"crypto/md5"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"
)

var url = os.Args[2]

type scenario func(db *sql.DB, tag string, megabytes int)

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

func fails(state string, err error) *pq.Error {
	var caught *pq.Error
	if !errors.As(err, &caught) || string(caught.Code) != state {
		panic(fmt.Errorf("%v instead of %s", err, state))
	}
	return caught
}

func run(db *sql.DB, text string, values ...interface{}) {
	_, err := db.Exec(text, values...)
	must(err)
}

var scenarios = map[string]scenario{
	"prepared": func(db *sql.DB, tag string, megabytes int) {
		one, err := db.Prepare("select $1::int + 1, $2::text")
		must(err)
		two, err := db.Prepare("select $1::date::text")
		must(err)
		for i := 0; i < 20; i++ {
			name := sql.NullString{String: fmt.Sprint("v", i), Valid: i%3 != 0}
			if !name.Valid {
				name.String = ""
			}
			var number int
			var back sql.NullString
			must(one.QueryRow(i, name).Scan(&number, &back))
			check(number, i+1)
			check(back, name)
			var day string
			must(two.QueryRow("2026-02-03").Scan(&day))
			check(day, "2026-02-03")
		}
		must(one.Close())
		must(two.Close())
	},
	"batch": func(db *sql.DB, tag string, megabytes int) {
		rows, err := db.Query("select 1; select 2")
		must(err)
		var found []int
		for more := true; more; more = rows.NextResultSet() {
			for rows.Next() {
				var i int
				must(rows.Scan(&i))
				found = append(found, i)
			}
		}
		must(rows.Err())
		check(found, []int{1, 2})
	},
	"copy": func(db *sql.DB, tag string, megabytes int) {
		run(db, "create table "+tag+"_copy (id int, name text)")
		copyIn := func(broken bool) error {
			tx, err := db.Begin()
			must(err)
			defer tx.Rollback()
			in, err := tx.Prepare(pq.CopyIn(tag+"_copy", "id", "name"))
			must(err)
			// Without it the rollback races the goroutine that still reads the answers of the COPY.
			defer in.Close()
			for i := 0; i < 20000; i++ {
				var name interface{} = fmt.Sprint("name\t", i)
				if i%7 == 0 {
					name = nil
				}
				var id interface{} = i
				if broken && i == 5 {
					id = "x"
				}
				if _, err = in.Exec(id, name); err != nil {
					return err
				}
			}
			if _, err = in.Exec(); err != nil {
				return err
			}
			must(in.Close())
			return tx.Commit()
		}
		must(copyIn(false))
		fails("22P02", copyIn(true))
		var count, nulls int
		must(db.QueryRow("select count(*), count(*) filter (where name is null) from "+tag+"_copy").Scan(&count, &nulls))
		check([]int{count, nulls}, []int{20000, 2858})
		run(db, "drop table "+tag+"_copy")
	},
	"cancel": func(db *sql.DB, tag string, megabytes int) {
		// Logged in first: the time is the statement's.
		must(db.Ping())
		limited, done := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer done()
		_, err := db.ExecContext(limited, "select pg_sleep(30)")
		fails("57014", err)
		var one int
		must(db.QueryRow("select 1").Scan(&one))
		check(one, 1)
	},
	"notice": func(db *sql.DB, tag string, megabytes int) {
		var heard []string
		base, err := pq.NewConnector(url)
		must(err)
		hearing := sql.OpenDB(pq.ConnectorWithNoticeHandler(base, func(n *pq.Error) {
			heard = append(heard, n.Severity+" "+n.Message)
		}))
		defer hearing.Close()
		run(hearing, "do $$ begin raise notice 'first'; raise warning 'second'; end $$")
		check(heard, []string{"NOTICE first", "WARNING second"})
	},
	"notify": func(db *sql.DB, tag string, megabytes int) {
		listener := pq.NewListener(url, time.Second, time.Second, nil)
		defer listener.Close()
		must(listener.Listen(tag + "_channel"))
		for _, word := range []string{"one", "two"} {
			run(db, "select pg_notify($1, $2)", tag+"_channel", word)
			select {
			case note := <-listener.Notify:
				check(note.Extra, word)
			case <-time.After(20 * time.Second):
				panic(errors.New("nothing was heard"))
			}
		}
		must(listener.Ping())
	},
	"large": func(db *sql.DB, tag string, megabytes int) {
		sent := strings.Repeat("0123456789abcdef", megabytes<<16)
		var length int
		var digest, back string
		must(db.QueryRow("select octet_length(v), md5(v), v from (select $1::text as v) t", sent).Scan(&length, &digest, &back))
		check(length, len(sent))
		check(digest, fmt.Sprintf("%x", md5.Sum([]byte(sent))))
		check(back == sent, true)
	},
	"error": func(db *sql.DB, tag string, megabytes int) {
		run(db, "create table "+tag+"_error (id int constraint "+tag+"_key primary key)")
		tx, err := db.Begin()
		must(err)
		_, err = tx.Exec("insert into " + tag + "_error values (1)")
		must(err)
		_, err = tx.Exec("insert into "+tag+"_error values ($1)", 1)
		check(fails("23505", err).Constraint, tag+"_key")
		fails("25P02", tx.QueryRow("select $1::int", 1).Scan(new(int)))
		must(tx.Rollback())
		tx, err = db.Begin()
		must(err)
		_, err = tx.Exec("savepoint here")
		must(err)
		_, err = tx.Exec("select 1 / 0")
		fails("22012", err)
		_, err = tx.Exec("rollback to here; insert into " + tag + "_error values (2)")
		must(err)
		must(tx.Commit())
		var ids pq.Int64Array
		must(db.QueryRow("select array_agg(id) from " + tag + "_error").Scan(&ids))
		check(ids, pq.Int64Array{2})
		_, err = db.Prepare("selct $1")
		fails("42601", err)
		run(db, "drop table "+tag+"_error")
	},
	"timezone": func(db *sql.DB, tag string, megabytes int) {
		moment := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
		for zone, hour := range map[string]string{"Asia/Tokyo": "21", "America/New_York": "08"} {
			run(db, "set timezone to '"+zone+"'")
			for i := 0; i < 3; i++ {
				var at time.Time
				var shown string
				must(db.QueryRow("select $1::timestamptz, to_char($1::timestamptz, 'HH24')", moment).Scan(&at, &shown))
				check(at.Equal(moment), true)
				check(shown, hour)
			}
		}
		run(db, "reset timezone")
	},
	"arrays": func(db *sql.DB, tag string, megabytes int) {
		var numbers pq.Int64Array
		var words pq.StringArray
		must(db.QueryRow("select $1::int[], $2::text[]", pq.Array([]int64{1, 2, 3}),
			pq.Array([]string{"a,b", `c"d`, ""})).Scan(&numbers, &words))
		check(numbers, pq.Int64Array{1, 2, 3})
		check(words, pq.StringArray{"a,b", `c"d`, ""})
	},
	"cursor": func(db *sql.DB, tag string, megabytes int) {
		tx, err := db.Begin()
		must(err)
		_, err = tx.Exec("declare " + tag + "_cursor cursor for select i from generate_series(1, 1000) i")
		must(err)
		total := 0
		for turn := 0; turn < 10; turn++ {
			rows, err := tx.Query("fetch 100 from " + tag + "_cursor")
			must(err)
			for rows.Next() {
				var i int
				must(rows.Scan(&i))
				total += i
			}
			must(rows.Err())
		}
		check(total, 500500)
		must(tx.Commit())
		// Left in the middle: the driver reads the rest before it goes on.
		rows, err := db.Query("select generate_series(1, 5000)")
		must(err)
		check(rows.Next(), true)
		must(rows.Close())
	},
	"pool": func(db *sql.DB, tag string, megabytes int) {
		db.SetMaxOpenConns(4)
		answers := make(chan error, 100)
		for i := 0; i < 100; i++ {
			go func(i int) {
				var back int
				err := db.QueryRow("select $1::int", i).Scan(&back)
				if err == nil && back != i {
					err = fmt.Errorf("%d is not %d", back, i)
				}
				answers <- err
			}(i)
		}
		for i := 0; i < 100; i++ {
			must(<-answers)
		}
	},
}

func say(what map[string]interface{}) {
	line, err := json.Marshal(what)
	must(err)
	fmt.Println(string(line))
}

func play(tag string, megabytes int, names []string) {
	say(map[string]interface{}{"version": "lib/pq"})
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
			db, err := sql.Open("postgres", url)
			must(err)
			defer db.Close()
			db.SetMaxOpenConns(1)
			scenarios[name](db, tag, megabytes)
		}()
	}
}

func write(writer int, stop string) (number int, err error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	const text = "insert into entry (writer, number) values ($1, $2)"
	for {
		if _, gone := os.Stat(stop); gone == nil {
			return number, nil
		}
		if number%2 == 0 {
			if _, err = db.Exec(text, writer, number+1); err != nil {
				return number, err
			}
			number++
		} else {
			tx, err := db.Begin()
			if err != nil {
				return number, err
			}
			for i := 1; i <= 2; i++ {
				if _, err = tx.Exec(text, writer, number+i); err != nil {
					return number, err
				}
			}
			if err = tx.Commit(); err != nil {
				return number, err
			}
			number += 2
		}
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
