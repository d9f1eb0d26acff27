import HTTPTypes
import Hummingbird
import Synchronization

/// Which methods each address has, for requests with another one.
final class RouteTable: Sendable {
    private struct Entry {
        let path: RouterPath
        var methods: [HTTPRequest.Method]
    }

    private let entries = Mutex<[Entry]>([])

    /// Takes over the routes of a router that is complete; where there is GET, the router answers HEAD too.
    func fill(from router: Router<APIContext>) {
        var table: [String: Entry] = [:]
        for route in router.routes {
            table[route.path.description, default: Entry(path: route.path, methods: [])].methods.append(route.method)
        }
        let complete = table.values.map { entry in
            var entry = entry
            if entry.methods.contains(.get), !entry.methods.contains(.head) { entry.methods.append(.head) }
            if !entry.methods.contains(.options) { entry.methods.append(.options) }
            return Entry(path: entry.path, methods: entry.methods.sorted { $0.rawValue < $1.rawValue })
        }
        entries.withLock { $0 = complete }
    }

    /// Empty for an address that is none.
    func methods(of path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        return entries.withLock { entries in
            entries.first { Self.matches($0.path, parts) }?.methods ?? []
        }
    }

    private static func matches(_ path: RouterPath, _ parts: [Substring]) -> Bool {
        let isOpen = path.components.last == .recursiveWildcard
        let fixed = isOpen ? path.components.dropLast() : path.components[...]
        guard isOpen ? parts.count > fixed.count : parts.count == fixed.count else { return false }
        return zip(fixed, parts).allSatisfy { $0 ~= $1 }
    }
}
