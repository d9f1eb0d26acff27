/// How expensive a hash is.
///
/// The defaults are OWASP's first choice for Argon2id: about 25 ms on one
/// core, and 19 MiB that an attacker needs for every guess in flight.
public struct Argon2Parameters: Sendable, Equatable {
    /// Memory in KiB; at least 8 for each lane.
    public var memoryKiB: UInt32 = 19 * 1024
    /// Passes over the memory; at least 1.
    public var iterations: UInt32 = 2
    /// Lanes, and so threads of one hash; at least 1.
    public var parallelism: UInt32 = 1

    public init() {}

    public init(memoryKiB: UInt32, iterations: UInt32, parallelism: UInt32) {
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        self.parallelism = parallelism
    }
}
