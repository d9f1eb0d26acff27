import Glibc
import Synchronization

/// Ports of the loopback for the servers of tests, none of them twice in a test process.
///
/// They lie below those that the kernel gives to outgoing connections, so that none takes one before its server does.
public enum FreePort {
    private static let given = Mutex<Set<Int>>([])

    /// A port that is free now.
    public static func next() throws -> Int { try next(11_000..<32_000) { [$0] } }

    /// A port that is free now, as is the one 10000 above, where SeaweedFS speaks gRPC.
    public static func nextWithOneForGRPC() throws -> Int { try next(11_000..<22_000) { [$0, $0 + 10_000] } }

    private static func next(_ range: Range<Int>, _ taken: (Int) -> [Int]) throws -> Int {
        try given.withLock { given in
            for port in (0..<1000).map({ _ in Int.random(in: range) }) {
                let ports = taken(port)
                guard given.isDisjoint(with: ports), ports.allSatisfy(isFree) else { continue }
                given.formUnion(ports)
                return port
            }
            throw StorageServerError(description: "no ports are free")
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        return bindLoopback(probe, port: port) != nil
    }
}
