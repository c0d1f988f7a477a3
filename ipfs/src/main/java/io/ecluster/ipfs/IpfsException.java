package io.ecluster.ipfs;

/** The IPFS node could not do what was asked. */
public class IpfsException extends RuntimeException {
  public IpfsException(String message) {
    super(message);
  }

  public IpfsException(String message, Throwable cause) {
    super(message, cause);
  }
}
