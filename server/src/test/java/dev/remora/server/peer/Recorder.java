package dev.remora.server.peer;

import dev.remora.server.apply.State;
import dev.remora.server.raft.Message;
import dev.remora.server.replica.Greeting;
import dev.remora.server.replica.Introduction;
import dev.remora.server.replica.LeaderQuestion;
import dev.remora.server.replica.LeaderReply;
import dev.remora.server.replica.PeerListener;
import dev.remora.server.replica.Refusal;
import dev.remora.server.replica.StateClaim;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps consensus' messages, and listens to everybody. */
record Recorder(List<Message> messages) implements PeerListener {
  @Override
  public Greeting greeting() {
    return new Greeting(77, 2, 0, 0, 0, 0, List.of());
  }

  @Override
  public boolean isStillWelcome(Greeting greeting) {
    return true;
  }

  @Override
  public void introduce(List<String> peerUrls, Consumer<Introduction> done) {}

  @Override
  public Optional<Refusal> refusal(Greeting greeting) {
    return Optional.empty();
  }

  @Override
  public void refused(long peer, Refusal refusal) {}

  @Override
  public void welcomed(long peer) {}

  @Override
  public void received(List<Message> received) {
    messages.addAll(received);
  }

  @Override
  public void asked(long peer, LeaderQuestion question) {}

  @Override
  public void told(long peer, StateClaim claim) {}

  @Override
  public void answered(LeaderReply reply) {}

  @Override
  public void unreachable(long peer) {}

  @Override
  public void snapshotReceived(long leader, long leaderTerm, State state) {}

  @Override
  public void snapshotStatus(long peer, boolean arrived) {}
}
