/** What is measured. */
enum Kind {
  ETCD("etcd", "#3b82c4"),
  REMORA("Remora", "#e8590c"),
  ZOOKEEPER("ZooKeeper", "#5f9e3a");

  /** As tables and plots have it. */
  final String label;

  /** Of its lines; to be told apart on white and on black. */
  final String colour;

  Kind(String label, String colour) {
    this.label = label;
    this.colour = colour;
  }
}
