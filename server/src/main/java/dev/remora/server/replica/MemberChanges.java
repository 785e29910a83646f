package dev.remora.server.replica;

import dev.remora.server.apply.Command;
import dev.remora.server.apply.CommandCodec;
import dev.remora.server.apply.Member;
import dev.remora.server.raft.ConfChange;
import dev.remora.server.raft.Payload;
import java.util.List;
import java.util.Optional;

/**
 * How changes of the members go through the log: as changes of consensus' configuration that have
 * the command, written as any other, for their context.
 */
final class MemberChanges {
  /** Nobody waits for the first members to be added, or for the lost ones to be removed. */
  static final CommandCodec.Origin NOBODY = new CommandCodec.Origin(0, 0, 0);

  private MemberChanges() {}

  /**
   * What consensus is to change. Whoever joins has no vote at first.
   *
   * @param payload the command
   */
  static ConfChange confChange(Command.Reconfiguration change, Payload payload) {
    return switch (change) {
      case Command.AddMember add -> confChange(ConfChange.Type.ADD_LEARNER, add.id(), payload);
      case Command.RemoveMember(long id, _) -> confChange(ConfChange.Type.REMOVE, id, payload);
      case Command.PromoteMember(long id) -> confChange(ConfChange.Type.ADD_VOTER, id, payload);
    };
  }

  /** Of one of the first members of a new cluster: they vote from the start. */
  static ConfChange founding(Member member) {
    byte[] command = CommandCodec.encode(NOBODY, new Command.AddMember(member, 0));
    return confChange(ConfChange.Type.ADD_VOTER, member.id(), Payload.of(command));
  }

  /** The command that a committed change brings; none if it is about the configuration alone. */
  static Optional<CommandCodec.Proposal> command(ConfChange change) {
    return change.context().size() == 0
        ? Optional.empty()
        : Optional.of(CommandCodec.decode(change.context().array()));
  }

  private static ConfChange confChange(ConfChange.Type type, long member, Payload context) {
    return new ConfChange(
        ConfChange.Transition.AUTO, List.of(new ConfChange.Change(type, member)), context);
  }
}
