/**
 * Stands in for the SDK's JSON codec, which handles every shape that a service can model. `PutEvents`, the one operation
 * in use that speaks JSON, is strings, lists and one timestamp (epoch seconds).
 */
export class JsonCodec2 {
  createSerializer(): Serializer {
    return new Serializer()
  }
  createDeserializer(): Deserializer {
    return new Deserializer()
  }
  setSerdeContext(): void {}
}

class Serializer {
  #value: unknown
  setSerdeContext(): void {}
  write(_schema: unknown, value: unknown): void {
    this.#value = value
  }
  flush(): string {
    return JSON.stringify(this.#value, timestampsInSeconds)
  }
}

class Deserializer {
  setSerdeContext(): void {}
  async read(_schema: unknown, body: Uint8Array | string): Promise<unknown> {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body))
  }
  readObject(_schema: unknown, value: unknown): unknown {
    return value
  }
}

// A replacer sees a date after its toJSON, so it has to look at the holder.
function timestampsInSeconds(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key]
  return original instanceof Date ? original.getTime() / 1000 : value
}
