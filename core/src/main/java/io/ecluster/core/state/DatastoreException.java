package io.ecluster.core.state;

/** The peer's records cannot be read or written; the message says where and what to do. */
public class DatastoreException extends RuntimeException {
  public DatastoreException(String message) {
    super(message);
  }

  public DatastoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Another process works in the folder. */
  public static final class Locked extends DatastoreException {
    public Locked(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The disk is full; nothing of the change was stored. */
  public static final class DiskFull extends DatastoreException {
    public DiskFull(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
