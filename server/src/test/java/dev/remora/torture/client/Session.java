package dev.remora.torture.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client with a connection to each member. It asks one and the same, or one after the other; and
 * never asks again. For one thread.
 */
public final class Session implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final List<Connection> connections = new ArrayList<>();
  private final History history;
  private final AtomicLong processes;
  private final boolean isPinned;
  private long process;
  private int member;

  /**
   * Makes a client.
   *
   * @param ports of the members
   * @param processes gives process numbers to all sessions
   * @param first who is asked first, from 0
   * @param isPinned whether it goes on asking this one
   */
  public Session(
      List<Integer> ports, History history, AtomicLong processes, int first, boolean isPinned) {
    ports.forEach(port -> connections.add(new Connection(port)));
    this.history = history;
    this.processes = processes;
    this.process = processes.incrementAndGet();
    this.member = first % ports.size();
    this.isPinned = isPinned;
  }

  /** Asks, with one second of patience, and records it. */
  public Outcome call(Request request) {
    return call(request, PATIENCE);
  }

  /** Asks and records it. */
  public Outcome call(Request request, Duration patience) {
    int asked = member;
    long invoked = System.nanoTime();
    Outcome outcome = ask(connections.get(asked), request, patience);
    history.add(new Call(process, asked, invoked, System.nanoTime(), request, outcome));
    if (outcome instanceof Outcome.Unknown) {
      process = processes.incrementAndGet();
    }
    if (!isPinned) {
      member = (member + 1) % connections.size();
    }
    return outcome;
  }

  /** The number of the process that calls next. */
  public long process() {
    return process;
  }

  private static Outcome ask(Connection connection, Request request, Duration patience) {
    try {
      return Outcome.of(request, connection.send(request, patience));
    } catch (NotSentException e) {
      return new Outcome.NotDone(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Outcome.Unknown(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    connections.forEach(Connection::close);
  }
}
