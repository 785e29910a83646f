package dev.remora.agent.runner;

import dev.remora.agent.view.KeyRange;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.random.RandomGenerator;

/** Runs a command at each change below a prefix, and nothing else. Belongs to one context. */
public final class WatchRun {
  private final Follower follower;
  private final WatchDriver driver;

  /** Makes one that has not begun; {@code prefix} is the registry's. */
  public WatchRun(
      Vertx vertx,
      Registry registry,
      Commands commands,
      WatchSpec spec,
      String prefix,
      RandomGenerator random) {
    this.driver = new WatchDriver(vertx, commands, spec, prefix, random);
    this.follower = new Follower(vertx, registry, driver::onChange, () -> {}, () -> {}, random);
  }

  /** Begins. What is there already is no change. */
  public void start() {
    List<KeyRange> ranges = List.of(driver.range());
    follower.want(ranges, Renderer.ReadRanges.NOTHING);
  }

  /** Ends; a command that runs goes on. */
  public void stop() {
    follower.close();
  }
}
