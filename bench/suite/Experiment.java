import java.io.IOException;
import java.util.List;

/** One thing that is measured of each server in turn. */
interface Experiment {
  /** As {@code --only} has it. */
  String name();

  /** What it measures, in the order of a round. */
  List<Kind> kinds();

  /** Of clusters of how many members. */
  List<Integer> memberCounts();

  /**
   * Starts the members, measures, and ends them.
   *
   * @param round from 1
   * @throws IOException if a process did not do what it should; its last words are in the message
   */
  void run(Kind kind, int memberCount, int round) throws IOException, InterruptedException;
}
