"""Finds Java and the jars of Apache Kafka, or says what is missing; installs nothing on the system.

The jars come from a folder that KAFKA_TWIN_KAFKA_LIBS names, else from the rig's own folder in
build/live, which Maven fills once from Maven Central (54 MB)."""

import glob
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, "..", "..", ".."))
KAFKA = "4.3.1"


class Missing(Exception):
    """Something that must be installed first; the text says what."""


def java():
    """The paths of java, which must be able to run a source file (a JDK 17 or later)."""
    path = shutil.which("java")
    if not path:
        raise Missing("no `java`: install Debian's openjdk-17-jdk-headless")
    listed = subprocess.run([path, "--list-modules"], capture_output=True, text=True)
    if "jdk.compiler@" not in listed.stdout:
        raise Missing("`java` has no compiler: install Debian's openjdk-17-jdk-headless")
    return path


def jars():
    """The class path of the jars."""
    folder = os.environ.get("KAFKA_TWIN_KAFKA_LIBS")
    if folder:
        if not glob.glob(os.path.join(folder, "kafka_2.13-*.jar")):
            raise Missing(f"KAFKA_TWIN_KAFKA_LIBS={folder} holds no kafka_2.13-*.jar")
        return os.path.join(folder, "*")
    folder = os.path.join(ROOT, "build", "live", f"kafka-{KAFKA}")
    if not os.path.isdir(folder):
        _fetch(folder)
    return os.path.join(folder, "*")


def _fetch(folder):
    maven = shutil.which("mvn")
    if not maven:
        raise Missing(
            "no jars of Kafka: install Debian's maven, or let KAFKA_TWIN_KAFKA_LIBS name a folder "
            f"with those of Apache Kafka {KAFKA}")
    partial = f"{folder}.partial-{os.getpid()}"
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    command = [maven, "-q", "-B", "-f", os.path.join(HERE, "pom.xml"),
               "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
               f"-DoutputDirectory={partial}", "-DincludeScope=runtime",
               f"-Dkafka.version={KAFKA}"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if ran.returncode != 0:
            raise Missing(f"Maven could not fetch Kafka's jars:\n{ran.stdout[-2000:]}")
        os.rename(partial, folder)
    except subprocess.TimeoutExpired as late:
        raise Missing("Maven did not fetch Kafka's jars within 300 s") from late
    finally:
        shutil.rmtree(partial, ignore_errors=True)
