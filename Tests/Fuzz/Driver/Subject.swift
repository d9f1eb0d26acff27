/// A parser under test: whatever it is given, it ends with a value or an error.
struct Subject: Sendable {
    let name: String
    let parse: @Sendable ([UInt8]) throws -> Void

    init(_ name: String, _ parse: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.parse = parse
    }

    static let all = requests + media + stores

    static func named(_ name: String) -> Subject? { all.first { $0.name == name } }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
