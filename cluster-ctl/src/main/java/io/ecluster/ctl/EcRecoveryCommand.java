package io.ecluster.ctl;

import io.ecluster.client.JsonObject;
import java.util.Set;

/** {@code ecrecovery}: brings erasure-coded groups back to full margin. */
final class EcRecoveryCommand {
  private static final Set<String> BAD = Set.of("failed", "unrepairable");

  private EcRecoveryCommand() {}

  static Command describe() {
    return Command.named("ecrecovery", "Rebuilds lost shards on other peers.")
        .operands("[CID]")
        .flag("only say what would be read, written and moved", "--dry-run")
        .flag("let holders read and hash their blocks, which takes long", "--verify")
        .does(EcRecoveryCommand::run);
  }

  private static void run(Session session, Arguments a) {
    QueryString query =
        new QueryString().flag("dry-run", a.flag("--dry-run")).flag("verify", a.flag("--verify"));
    if (!a.operands().isEmpty()) {
      query.add("cid", PinCommands.cid(a.operand("CID")).toString());
    }
    int[] bad = {0};
    session.api().stream(
        "POST",
        query.on("/ecrecovery"),
        group -> {
          session.printOne(group, GroupText::group);
          session.output().out().flush();
          bad[0] += isBad(group) ? 1 : 0;
        });
    if (bad[0] > 0) {
      String groups = bad[0] == 1 ? "1 group" : bad[0] + " groups";
      throw new LocalException(
          "error repairing: " + groups + " could not be repaired", ExitCode.API_ERROR);
    }
  }

  private static boolean isBad(JsonObject group) {
    return BAD.contains(group.text("state"));
  }
}
