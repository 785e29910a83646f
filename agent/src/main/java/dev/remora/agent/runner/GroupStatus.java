package dev.remora.agent.runner;

import dev.remora.agent.render.GroupState;
import dev.remora.agent.render.Ledger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a group is.
 *
 * @param revision of the registry that was rendered last; 0 for none
 * @param state empty before it has begun
 * @param trouble why the destination is not what it should be; empty if it is
 * @param held why services are shown as they were before
 * @param hashes as they are on disk
 * @param nextAttemptMillis from now; empty if there is none
 */
public record GroupStatus(
    String name,
    boolean isInPlace,
    long revision,
    Optional<GroupState> state,
    String trouble,
    List<String> held,
    Optional<Ledger> hashes,
    OptionalLong nextAttemptMillis) {}
