# DBD::Pg. play URL TAG MEGABYTES SCENARIO... prints one JSON line for each; write URL WRITER
# STOPFILE inserts numbered rows until the file is there and prints how many were acknowledged.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:async :pg_types);
use Digest::MD5 qw(md5_hex);
use JSON::PP;
use Time::HiRes qw(sleep);

my ($act, $url, @rest) = @ARGV;
my ($user, $password, $host, $port, $database, $options) =
    $url =~ m{^postgres://(\w+):(\w+)\@([\w.]+):(\d+)/(\w+)(?:\?(.+))?$} or die "bad URL";
my $json = JSON::PP->new->canonical->allow_nonref;
$| = 1;

sub say_json { print $json->encode({@_}), "\n" }

sub check {
    my ($actual, $expected) = map { $json->encode($_) } @_;
    die substr($actual, 0, 200) . " is not " . substr($expected, 0, 200) . "\n" if $actual ne $expected;
}

sub fails {
    my ($state, $call) = @_;
    my $done = eval { $call->(); 1 };
    die "no $state\n" if $done;
    die "$DBI::state instead of $state: $@" if $DBI::state ne $state;
}

sub open_connection {
    my $source = "dbi:Pg:host=$host;port=$port;dbname=$database" . join '', map { ";$_" } split /&/, $options // '';
    return DBI->connect($source, $user, $password, {RaiseError => 1, PrintError => 0, PrintWarn => 1});
}

sub value { my ($db, @ask) = @_; return ($db->selectrow_array($ask[0], undef, @ask[1 .. $#ask]))[0] }

my %scenarios = (
    prepared => sub {
        my ($db) = @_;
        my $one = $db->prepare('select ?::int + 1, ?::text', {pg_prepare_now => 1});
        my $two = $db->prepare('select $1::date', {pg_switch_prepared => 1});
        for my $i (0 .. 19) {
            my $name = $i % 3 ? "v$i" : undef;
            $one->execute($i, $name);
            check($one->fetchall_arrayref, [[$i + 1, $name]]);
            $two->execute('2026-02-03');
            check($two->fetchall_arrayref, [['2026-02-03']]);
        }
        check(length($one->{pg_prepare_name}) > 0 ? 1 : 0, 1);
    },
    batch => sub {
        my ($db, $tag) = @_;
        $db->do("create table ${tag}_batch (id int primary key, name text); select 1");
        my $insert = $db->prepare("insert into ${tag}_batch values (?, ?)");
        check($insert->execute_array({}, [1 .. 200], [map { "name $_" } 1 .. 200]), 200);
        check(value($db, "select count(*) from ${tag}_batch"), 200);
        $db->do("drop table ${tag}_batch");
    },
    copy => sub {
        my ($db, $tag) = @_;
        my @lines = map { "$_\t" . ($_ % 7 ? "name $_" : '\N') . "\n" } 0 .. 19999;
        $db->do("create table ${tag}_copy (id int, name text)");
        $db->do("copy ${tag}_copy from stdin");
        $db->pg_putcopydata($_) for @lines;
        $db->pg_putcopyend;
        $db->do("copy (select * from ${tag}_copy order by id) to stdout");
        my ($line, @out) = ('');
        push @out, $line while $db->pg_getcopydata($line) >= 0;
        check(\@out, \@lines);
        $db->do("copy ${tag}_copy from stdin");
        fails('22P02', sub {
            $db->pg_putcopydata("x\ttwo\n");
            $db->pg_putcopydata("3\tthree\n") for 1 .. 5000;
            $db->pg_putcopyend;
        });
        check(value($db, "select count(*)::text from ${tag}_copy"), '20000');
        $db->do("drop table ${tag}_copy");
    },
    cancel => sub {
        my ($db) = @_;
        $db->do('select pg_sleep(30)', {pg_async => PG_ASYNC});
        sleep 0.3;
        check($db->pg_ready ? 1 : 0, 0);
        check($db->pg_cancel ? 1 : 0, 1);
        check(value($db, 'select 1::text'), '1');
        my $sleeping = $db->prepare('select pg_sleep(?)', {pg_async => PG_ASYNC});
        $sleeping->execute(30);
        sleep 0.3;
        $sleeping->cancel;
        $db->pg_cancel if $db->{pg_async_status};
        check(value($db, 'select 2::text'), '2');
    },
    notice => sub {
        my ($db) = @_;
        my @heard;
        local $SIG{__WARN__} = sub { push @heard, $_[0] };
        $db->do("do \$\$ begin raise notice 'first'; raise warning 'second'; end \$\$");
        check([map { /^(\w+:\s+\w+)/ } @heard], ['NOTICE:  first', 'WARNING:  second']);
    },
    notify => sub {
        my ($db, $tag) = @_;
        $db->do("listen ${tag}_channel");
        my $other = open_connection();
        $other->do('select pg_notify(?, ?)', undef, "${tag}_channel", $_) for qw(one two);
        $other->disconnect;
        my @heard;
        for (1 .. 400) {
            while (my $note = $db->pg_notifies) { push @heard, $note->[2] }
            last if @heard == 2;
            sleep 0.05;
        }
        check(\@heard, ['one', 'two']);
        $db->do('unlisten *');
    },
    large => sub {
        my ($db, $tag, $megabytes) = @_;
        my $sent = '0123456789abcdef' x ($megabytes << 16);
        my ($length, $digest, $back) = $db->selectrow_array(
            'select octet_length(v), md5(v), v from (select ?::text as v) t', undef, $sent);
        check("$length", '' . length $sent);
        check($digest, md5_hex($sent));
        check($back eq $sent ? 1 : 0, 1);
        my $rows = $db->selectall_arrayref("select repeat('x', 1000) || i from generate_series(1, 20000) i");
        check(substr($rows->[-1][0], 1000), '20000');
    },
    error => sub {
        my ($db, $tag) = @_;
        $db->do("create table ${tag}_error (id int constraint ${tag}_key primary key)");
        $db->begin_work;
        $db->do("insert into ${tag}_error values (1)");
        fails('23505', sub { $db->do("insert into ${tag}_error values (?)", undef, 1) });
        check($db->pg_error_field('constraint'), "${tag}_key");
        fails('25P02', sub { value($db, 'select ?::int', 1) });
        $db->rollback;
        $db->begin_work;
        $db->pg_savepoint('here');
        fails('22012', sub { $db->do('select 1 / 0') });
        $db->pg_rollback_to('here');
        $db->do("insert into ${tag}_error values (2)");
        $db->commit;
        check(value($db, "select string_agg(id::text, ',') from ${tag}_error"), '2');
        fails('42601', sub { $db->do('selct 1') });
        $db->do("drop table ${tag}_error");
    },
    timezone => sub {
        my ($db) = @_;
        for (['Asia/Tokyo', '2026-07-01 21:00:00+09'], ['America/New_York', '2026-07-01 08:00:00-04']) {
            my ($zone, $shown) = @$_;
            $db->do("set timezone to '$zone'");
            check(value($db, 'select ?::timestamptz', '2026-07-01 12:00:00+00'), $shown) for 1 .. 3;
        }
        $db->do('reset timezone');
    },
    arrays => sub {
        my ($db) = @_;
        my @row = $db->selectrow_array('select ?::int[]::text[], ?::text[], ?::text[]', undef,
            [1, undef, 3], ['a,b', 'c"d', undef, ''], [['1', '2'], ['3', '4']]);
        check(\@row, [['1', undef, '3'], ['a,b', 'c"d', undef, ''], [['1', '2'], ['3', '4']]]);
    },
    cursor => sub {
        my ($db, $tag) = @_;
        $db->begin_work;
        $db->do("declare ${tag}_cursor scroll cursor for select i::text from generate_series(1, 1000) i");
        my $total = 0;
        while (1) {
            my $rows = $db->selectall_arrayref("fetch 100 from ${tag}_cursor");
            last unless @$rows;
            $total += $_->[0] for @$rows;
        }
        check($total, 500500);
        check(value($db, "fetch absolute 3 from ${tag}_cursor"), '3');
        $db->commit;
    },
    largeobject => sub {
        my ($db) = @_;
        $db->begin_work;
        my $id = $db->pg_lo_creat($db->{pg_INV_WRITE});
        my $at = $db->pg_lo_open($id, $db->{pg_INV_WRITE});
        check($db->pg_lo_write($at, 'x' x 100000, 100000), 100000);
        $db->pg_lo_lseek($at, 99990, 0);
        my $read = '';
        check($db->pg_lo_read($at, $read, 100), 10);
        $db->pg_lo_close($at);
        $db->pg_lo_unlink($id);
        $db->commit;
    },
);

sub play {
    my ($tag, $megabytes, @names) = @_;
    say_json(version => "DBD::Pg $DBD::Pg::VERSION");
    for my $name (@names) {
        my @warnings;
        local $SIG{__WARN__} = sub { push @warnings, @_ };
        my $done = eval {
            my $db = open_connection();
            $scenarios{$name}->($db, $tag, $megabytes);
            $db->disconnect;
            1;
        };
        ($done, $@) = (0, "@warnings") if $done && @warnings;
        say_json(scenario => $name, $done ? (works => JSON::PP::true) : (works => JSON::PP::false, detail => "$@"));
    }
}

sub write_rows {
    my ($writer, $stop) = @_;
    my $number = 0;
    my $done = eval {
        my $db = open_connection();
        my $insert = $db->prepare('insert into entry (writer, number) values (?, ?)', {pg_prepare_now => 1});
        until (-e $stop) {
            if ($number % 2) {
                $db->begin_work;
                $insert->execute($writer, $number + $_) for 1 .. 2;
                $db->commit;
                $number += 2;
            } else {
                $insert->execute($writer, $number + 1);
                $number += 1;
            }
            sleep 0.005;
        }
        $db->disconnect;
        1;
    };
    say_json(acknowledged => $number, $done ? () : (error => "$@"));
}

$act eq 'play' ? play(@rest) : write_rows(@rest);
