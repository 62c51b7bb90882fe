package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.demo.site.Crossing.Way;
import dev.pointsman.cli.demo.site.Operator;
import dev.pointsman.cli.demo.site.Site;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.Recording;

/// Our own cutover: there, back, and so on.
final class OurArm implements Arm {
    private final Site site;
    private final String database;
    private final Operator operator;
    private Way next = Way.FORWARD;

    /// Migrates `database`, so that every later switch is a cutover only.
    OurArm(Site site, String database) throws CommandError, InterruptedException {
        this.site = site;
        this.database = database;
        this.operator = new Operator(site, database);
        operator.migrate(_ -> {});
    }

    @Override
    public String name() {
        return "pointsman";
    }

    @Override
    public Address address() {
        return site.clients(database);
    }

    @Override
    public void prepare() throws CommandError, InterruptedException {
        operator.await(next, _ -> {});
    }

    @Override
    public Pause cross(Recording recording) throws CommandError, InterruptedException {
        var crossing = operator.cross(next, recording, _ -> {});
        next = next == Way.FORWARD ? Way.BACK : Way.FORWARD;
        return new Pause(crossing.pauseMs(), crossing.worstClientMs());
    }

    @Override
    public void close() {
        operator.close();
    }
}
