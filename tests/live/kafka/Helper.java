// The rig's hand inside a JVM: Kafka's own reassignment tool, an AdminClient and a producer, kept
// running so that a look at the cluster costs milliseconds and not the start of a JVM.
//
// One command a line on standard input, one JSON object a line on standard output, `at` in it being
// the wall clock in seconds when the command was done. What the tools print goes to standard error.
//
//   brokers                                     {"brokers": N}: registered and unfenced
//   create TOPIC 0,1;1,0;...                    a topic with this placement
//   fill TOPIC PARTITIONS BYTES RECORD BATCH    as many bytes of records, evenly, acks=all
//   insync TOPIC                                {"partitions": N, "full": partitions of full ISR}
//   moving                                      {"moving": partitions being reassigned}
//   tool ARGUMENT...                            kafka-reassign-partitions with these arguments
//   produce TOPIC PARTITIONS BYTES_PER_S RECORD ACKS   in the background, until
//   stop                                        {"records", "bytes", "p50Ms", "p99Ms", "maxMs"}
//   delete TOPIC
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.tools.reassign.ReassignPartitionsCommand;

public class Helper {
  // What the tool would end its process with.
  static class Exited extends RuntimeException {
    final int status;

    Exited(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  static String bootstrap;
  static Admin admin;
  static Background background;

  public static void main(String[] args) throws Exception {
    PrintStream replies = System.out;
    System.setOut(System.err);
    Exit.setExitProcedure((status, message) -> { throw new Exited(status, message); });
    bootstrap = args[0];
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    admin = Admin.create(properties);
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = commands.readLine()) != null;) {
      String reply;
      try {
        reply = run(line.trim().split(" "));
      } catch (Exception error) {
        error.printStackTrace();
        reply = "\"error\": \"" + error.toString().replaceAll("[^ -~]|[\\\\\"]", " ") + "\"";
      }
      double at = System.currentTimeMillis() / 1e3;
      replies.println("{" + reply + (reply.isEmpty() ? "" : ", ") + "\"at\": " + at + "}");
      replies.flush();
    }
    Runtime.getRuntime().halt(0);
  }

  static String run(String[] words) throws Exception {
    switch (words[0]) {
      case "brokers":
        return "\"brokers\": " + admin.describeCluster().nodes().get().size();
      case "create":
        return create(words[1], words[2]);
      case "delete":
        admin.deleteTopics(List.of(words[1])).all().get();
        return "";
      case "fill":
        return fill(words[1], Integer.parseInt(words[2]), Long.parseLong(words[3]),
            Integer.parseInt(words[4]), words[5]);
      case "insync":
        return insync(words[1]);
      case "moving":
        return "\"moving\": " + admin.listPartitionReassignments().reassignments().get().size();
      case "tool":
        return tool(Arrays.copyOfRange(words, 1, words.length));
      case "produce":
        background = new Background(words[1], Integer.parseInt(words[2]),
            Long.parseLong(words[3]), Integer.parseInt(words[4]), words[5]);
        background.start();
        return "";
      case "stop":
        return background.finish();
      default:
        throw new IllegalArgumentException("no command " + words[0]);
    }
  }

  static String create(String topic, String placement) throws Exception {
    Map<Integer, List<Integer>> replicas = new HashMap<>();
    for (String partition : placement.split(";")) {
      replicas.put(replicas.size(),
          Arrays.stream(partition.split(",")).map(Integer::valueOf).collect(Collectors.toList()));
    }
    NewTopic wanted = new NewTopic(topic, replicas).configs(Map.of("retention.ms", "-1"));
    admin.createTopics(List.of(wanted)).all().get();
    return "";
  }

  static String insync(String topic) throws Exception {
    var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic)
        .partitions();
    long full = partitions.stream().filter(p -> p.isr().size() == p.replicas().size()).count();
    return "\"partitions\": " + partitions.size() + ", \"full\": " + full;
  }

  static String tool(String[] arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "--bootstrap-server";
    all[1] = bootstrap;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    try {
      ReassignPartitionsCommand.main(all);
    } catch (Exited end) {
      if (end.status != 0) throw end;
    }
    return "";
  }

  static KafkaProducer<byte[], byte[]> producer(String acks, String batch, String linger) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("acks", acks);
    properties.put("enable.idempotence", "false");
    properties.put("batch.size", batch);
    properties.put("linger.ms", linger);
    properties.put("buffer.memory", "67108864");
    var bytes = new ByteArraySerializer();
    return new KafkaProducer<>(properties, bytes, bytes);
  }

  static byte[] record(int bytes) {
    byte[] value = new byte[bytes];
    new Random(1).nextBytes(value);
    return value;
  }

  static String fill(String topic, int partitions, long bytes, int size, String batch)
      throws Exception {
    AtomicReference<Exception> failed = new AtomicReference<>();
    byte[] value = record(size);
    try (KafkaProducer<byte[], byte[]> producer = producer("all", batch, "1000")) {
      long each = bytes / partitions / size;
      for (long i = 0; i < each && failed.get() == null; ++i) {
        for (int partition = 0; partition < partitions; ++partition) {
          producer.send(new ProducerRecord<>(topic, partition, null, value),
              (done, error) -> { if (error != null) failed.set(error); });
        }
      }
    }
    if (failed.get() != null) throw failed.get();
    return "";
  }

  // A steady producer: records on time, whatever their replies do, round robin over partitions.
  static class Background extends Thread {
    final String topic, acks;
    final int partitions, size;
    final long bytesPerSecond;
    final int[] latencies = new int[5_000_000];  // microseconds
    volatile boolean ends;
    volatile Exception failed;
    int records;

    Background(String topic, int partitions, long bytesPerSecond, int size, String acks) {
      this.topic = topic;
      this.partitions = partitions;
      this.bytesPerSecond = bytesPerSecond;
      this.size = size;
      this.acks = acks;
    }

    synchronized void done(long began, Exception error) {
      if (error != null) failed = error;
      long micros = (System.nanoTime() - began) / 1000;
      if (error == null && records < latencies.length) {
        latencies[records++] = (int) Math.min(micros, Integer.MAX_VALUE);
      }
    }

    @Override
    public void run() {
      byte[] value = record(size);
      try (KafkaProducer<byte[], byte[]> producer = producer(acks, "16384", "5")) {
        long zero = System.nanoTime();
        for (long sent = 0; !ends;) {
          long due = (System.nanoTime() - zero) / 1_000_000 * bytesPerSecond / 1000 / size;
          for (; sent < due; ++sent) {
            long began = System.nanoTime();
            producer.send(
                new ProducerRecord<>(topic, (int) (sent % partitions), null, value),
                (done, error) -> done(began, error));
          }
          Thread.sleep(5);
        }
      } catch (Exception error) {
        failed = error;
      }
    }

    String finish() throws Exception {
      ends = true;
      join();
      if (failed != null) throw failed;
      int[] sorted = Arrays.copyOf(latencies, records);
      Arrays.sort(sorted);
      if (records == 0) return "\"records\": 0, \"bytes\": 0";
      return "\"records\": " + records + ", \"bytes\": " + (long) records * size
          + ", \"p50Ms\": " + sorted[records / 2] / 1e3
          + ", \"p99Ms\": " + sorted[(int) (records * 0.99)] / 1e3
          + ", \"maxMs\": " + sorted[records - 1] / 1e3;
    }
  }
}
