#!/bin/sh
# pgbench. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
# STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged.
act=$1 url=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# bench OPTION...: runs the script in the folder; every transaction must succeed.
bench() {
    pgbench -n -f "$folder/script" "$@" "$url" >"$folder/out" 2>&1 &&
        grep -q 'number of failed transactions: 0 ' "$folder/out"
}

plain() {
    cat >"$folder/script" <<'EOF'
\set a random(1, 100000)
begin;
select :a + 1 as b \gset
select :b * 2 as c \gset
commit;
\if :c != (:a + 1) * 2
select 1 / 0;
\endif
EOF
    bench -c 4 -j 2 -t 50 -M "$1"
}

simple() { plain simple; }
extended() { plain extended; }
prepared() { plain prepared; }

pipeline() {
    cat >"$folder/script" <<'EOF'
\set a random(1, 100000)
\startpipeline
begin;
select :a + 1;
select :a + 2;
select count(*) from generate_series(1, :a);
commit;
select :a;
\endpipeline
EOF
    bench -c 4 -j 2 -t 25 -M extended && bench -c 4 -j 2 -t 25 -M prepared
}

connect() {
    echo 'select 1;' >"$folder/script"
    bench -C -c 2 -t 10
}

play() {
    echo "{\"version\": \"$(pgbench --version | cut -d' ' -f1-3)\"}"
    shift 2
    for scenario in "$@"; do
        if $scenario; then
            echo "{\"scenario\": \"$scenario\", \"works\": true}"
        else
            echo "{\"scenario\": \"$scenario\", \"works\": false, \"detail\": \"$(tr -c 'A-Za-z0-9 .,:()_-' ' ' <"$folder/out" | head -c 800)\"}"
        fi
    done
}

write() {
    writer=$1 stop=$2 number=0
    printf '\\set number :number + 1\ninsert into entry (writer, number) values (%s, :number);\n' "$writer" >"$folder/script"
    while [ ! -e "$stop" ]; do
        # Each turn in the next of the three modes, at a pace.
        for mode in simple extended prepared; do
            if ! bench -c 1 -t 100 -R 150 -M $mode -D number=$number; then
                echo "{\"acknowledged\": $number, \"error\": \"$(tr -c 'A-Za-z0-9 .,:()_-' ' ' <"$folder/out" | head -c 800)\"}"
                return
            fi
            number=$((number + 100))
        done
    done
    echo "{\"acknowledged\": $number}"
}

$act "$@"
