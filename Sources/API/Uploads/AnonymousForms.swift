import Synchronization

/// What forms may have before their token has come.
public struct AnonymousFormLimits: Sendable {
    /// What one form may have on disk, in bytes.
    public var bytesPerForm: Int64 = 64 << 20
    /// What all of them may have on disk, in bytes.
    public var bytesInAll: Int64 = 256 << 20
    /// How many of one address there may be at a time.
    public var perAddress = 4
    /// How many there may be at a time.
    public var inAll = 64
    /// How long one may take until its token has come.
    public var patience: Duration = .seconds(120)

    public init() {}
}

/// The disk that forms may have before their token has come, in all and of one address.
final class AnonymousForms: Sendable {
    /// The place of one form, free again when nobody refers to it.
    final class Place: Sendable {
        private let forms: AnonymousForms
        private let address: ClientAddress?
        private let bytes = Atomic<Int64>(0)

        fileprivate init(_ forms: AnonymousForms, _ address: ClientAddress?) {
            (self.forms, self.address) = (forms, address)
        }

        deinit { forms.leave(address, bytes.load(ordering: .relaxed)) }

        /// Takes so many bytes more of the disk.
        func take(_ count: Int) throws(APIError) {
            let total = bytes.add(Int64(count), ordering: .relaxed).newValue
            forms.state.withLock { $0.bytes += Int64(count) }
            guard total <= forms.limits.bytesPerForm else { throw .tokenComesLate }
            guard forms.state.withLock({ $0.bytes }) <= forms.limits.bytesInAll else { throw .tooManyAnonymousForms }
        }
    }

    private struct State {
        var bytes: Int64 = 0
        var count = 0
        var countByAddress: [ClientAddress?: Int] = [:]
    }

    let limits: AnonymousFormLimits
    private let state = Mutex(State())

    init(_ limits: AnonymousFormLimits) { self.limits = limits }

    func enter(_ address: ClientAddress?) throws(APIError) -> Place {
        let isAdmitted = state.withLock { state in
            let count = state.countByAddress[address] ?? 0
            guard state.count < limits.inAll, count < limits.perAddress else { return false }
            state.count += 1
            state.countByAddress[address] = count + 1
            return true
        }
        guard isAdmitted else { throw .tooManyAnonymousForms }
        return Place(self, address)
    }

    private func leave(_ address: ClientAddress?, _ bytes: Int64) {
        state.withLock { state in
            state.bytes -= bytes
            state.count -= 1
            let count = (state.countByAddress[address] ?? 1) - 1
            state.countByAddress[address] = count > 0 ? count : nil
        }
    }
}

extension APIError {
    static let tokenComesLate = APIError(
        .requestTooLarge,
        "The token came too late. Send it in the query or the header Authorization, or before the file.",
        chinese: "token 到达过晚，请放在查询参数、Authorization 请求头或文件之前。"
    ).closingConnection

    static let tooManyAnonymousForms = APIError(
        .unavailable,
        "Too many forms are under way whose token has not come. Send the token in the query, or try again in a moment.",
        chinese: "尚未收到 token 的上传过多，请将 token 放在查询参数中，或稍后重试。",
        retryAfterSeconds: 5
    ).closingConnection
}
