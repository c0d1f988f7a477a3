package io.ecluster.libp2p.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;

/** Lets a negotiation read a channel byte by byte; what it leaves is read as a message again. */
public final class PushbackChannel implements FrameChannel {
  private final FrameChannel channel;
  private byte[] message = {};
  private int at;

  public PushbackChannel(FrameChannel channel) {
    this.channel = channel;
  }

  @Override
  public byte[] read() throws IOException {
    if (at == message.length) {
      return channel.read();
    }
    byte[] rest = Arrays.copyOfRange(message, at, message.length);
    at = message.length;
    return rest;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    channel.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    channel.flush();
  }

  @Override
  public void close() {
    channel.close();
  }

  public InputStream asInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        awaitBytes();
        return message[at++] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
          return 0; // readNBytes asks for nothing once it has everything
        }
        awaitBytes();
        int part = Math.min(length, message.length - at);
        System.arraycopy(message, at, into, offset, part);
        at += part;
        return part;
      }

      private void awaitBytes() throws IOException {
        while (at == message.length) {
          message = channel.read();
          at = 0;
        }
      }
    };
  }

  /** Sends each write at once. */
  public OutputStream asOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        channel.write(bytes, offset, length);
        channel.flush();
      }
    };
  }
}
