package io.ecluster.core.state;

class MemoryDatastoreTest extends DatastoreContract {
  private final Datastore store = new MemoryDatastore();

  @Override
  Datastore store() {
    return store;
  }
}
