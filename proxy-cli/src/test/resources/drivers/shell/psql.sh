#!/bin/sh
# psql. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each.
url=$2 tag=$3 megabytes=$4
shift 4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$url" "$@"; }

# check ACTUAL EXPECTED
check() {
    [ "$1" = "$2" ] && return
    echo "$1 is not $2" | head -c 400 >&2
    return 1
}

prepared() {
    check "$(ask -c 'prepare one as select $1::int + 1' -c 'execute one(1)' -c 'execute one(5)' | tr '\n' ' ')" '2 6 '
}

batch() {
    check "$(ask -c 'select 1; select 2; begin; select 3; commit' | tr '\n' ' ')" '1 2 3 ' &&
        printf 'select %s as a, %s as b \\gset\nselect :a + :b;\nselect i from generate_series(1, 3) i \\g | tr "\\n" +\n' 4 5 >"$folder/in" &&
        check "$(ask -f "$folder/in")" "9
1+2+3+"
}

copy() {
    seq 20000 | awk '{ printf "%d\tname %d\n", $1, $1 }' >"$folder/rows"
    ask -c "create table ${tag}_copy (id int, name text)" -c "\\copy ${tag}_copy from '$folder/rows'" \
        -c "\\copy (select * from ${tag}_copy order by id) to '$folder/back'" &&
        cmp "$folder/rows" "$folder/back" &&
        check "$(printf '1\tone\nx\ttwo\n' | ask -c "\\copy ${tag}_copy from stdin" 2>&1 | grep -c 'invalid input syntax')" 1 &&
        ask -c "drop table ${tag}_copy"
}

cancel() {
    psql -X -q -A -t -v VERBOSITY=sqlstate -d "$url" >"$folder/out" 2>&1 <<EOF &
select pg_sleep(30);
select 7;
EOF
    sleep 1
    kill -INT $!
    wait $!
    grep -q 57014 "$folder/out" || { cat "$folder/out" >&2; return 1; }
}

notice() {
    check "$(ask -c "do \$\$ begin raise notice 'first'; raise warning 'second'; end \$\$" 2>&1 | tr '\n' ' ')" \
        'NOTICE:  first WARNING:  second '
}

notify() {
    check "$(ask -c "listen ${tag}_channel" -c "notify ${tag}_channel, 'word'" -c 'select 1' | grep -c 'payload "word"')" 1
}

large() {
    check "$(ask -c "select repeat('x', $megabytes * 1048576)" | wc -c)" $((megabytes * 1048576 + 1)) &&
        check "$(ask -c "select repeat('x', 1000) from generate_series(1, 20000)" | wc -c)" 20020000
}

error() {
    printf 'begin;\nselect 1 / 0;\nselect 1;\nrollback;\nselect 2;\n' >"$folder/in"
    check "$(psql -X -q -A -t -v VERBOSITY=sqlstate -d "$url" -f "$folder/in" 2>&1 | sed 's/.*ERROR: *//' | tr '\n' ' ')" \
        '22012 25P02 2 ' &&
        check "$(psql -X -q -A -t -v ON_ERROR_ROLLBACK=on -d "$url" -f "$folder/in" 2>/dev/null | tr '\n' ' ')" '1 2 '
}

timezone() {
    check "$(ask -c "set timezone to 'Asia/Tokyo'" -c "select '2026-07-01 12:00:00+00'::timestamptz" \
        -c "set timezone to 'America/New_York'" -c "select '2026-07-01 12:00:00+00'::timestamptz" | tr '\n' ' ')" \
        '2026-07-01 21:00:00+09 2026-07-01 08:00:00-04 ' &&
        check "$(PGTZ=Asia/Tokyo ask -c 'show timezone')" Asia/Tokyo &&
        check "$(PGOPTIONS='-c statement_timeout=12345' ask -c 'show statement_timeout')" 12345ms
}

arrays() {
    check "$(ask -c "select array[1, null, 3], array['a,b', 'c\"d', '']")" '{1,NULL,3}|{"a,b","c\"d",""}'
}

cursor() {
    check "$(ask -v FETCH_COUNT=100 -c 'select generate_series(1, 1000)' | awk '{ total += $1 } END { print total }')" 500500
}

echo "{\"version\": \"$(psql --version | cut -d' ' -f1-3)\"}"
for scenario in "$@"; do
    if $scenario >"$folder/said" 2>&1; then
        echo "{\"scenario\": \"$scenario\", \"works\": true}"
    else
        echo "{\"scenario\": \"$scenario\", \"works\": false, \"detail\": \"$(tr -c 'A-Za-z0-9 .,:()_-' ' ' <"$folder/said" | head -c 800)\"}"
    fi
done
