import Foundation

/// What a JSON value must look like: every field there, of exactly its type, never null.
indirect enum ContractShape: Sendable {
    /// A whole number written as one: not a string, not `1.0`, not `true`.
    case integer
    /// An integer that is not negative.
    case count
    case bool, string
    /// An absolute URL.
    case address
    /// `MM-DD`.
    case date
    case list(ContractShape)
    /// More fields are allowed, fewer are not.
    case object([String: ContractShape])

    /// Everything that is wrong, with where it is.
    func violations(in value: StrictJSON) -> [String] {
        check(value, at: "answer", isNothing: false) + Self.nulls(in: value, at: "answer")
    }

    // `isNothing` says that the value belongs to an object with the id 0, which stands for none.
    private func check(_ value: StrictJSON, at path: String, isNothing: Bool) -> [String] {
        switch (self, value) {
        case (.integer, .integer), (.bool, .bool), (.string, .string): []
        case (.count, .integer(let number)): number >= 0 ? [] : ["\(path) is \(number)"]
        case (.address, .string(let text)):
            isNothing && text.isEmpty || text.hasPrefix("http://127.0.0.1:") ? [] : ["\(path) is “\(text)”, not a URL"]
        case (.date, .string(let text)):
            isNothing && text.isEmpty || text.wholeMatch(of: /(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])/) != nil
                ? [] : ["\(path) is “\(text)”, not MM-DD"]
        case (.list(let shape), .array(let items)):
            items.enumerated().flatMap { shape.check($1, at: "\(path)[\($0)]", isNothing: false) }
        case (.object(let fields), .object(let members)):
            fields.sorted { $0.key < $1.key }.flatMap { name, shape in
                guard let member = members[name] else { return ["\(path).\(name) is missing"] }
                return shape.check(member, at: "\(path).\(name)", isNothing: members["id"] == .integer(0))
            }
        default: ["\(path) is \(value)"]
        }
    }

    /// Also what the contract does not name is never null.
    private static func nulls(in value: StrictJSON, at path: String) -> [String] {
        switch value {
        case .null: ["\(path) is null"]
        case .array(let items): items.enumerated().flatMap { nulls(in: $1, at: "\(path)[\($0)]") }
        case .object(let members): members.flatMap { nulls(in: $1, at: "\(path).\($0)") }
        default: []
        }
    }
}

extension ContractShape {
    static let status: [String: ContractShape] = ["status_code": .count, "status_msg": .string]

    private static let userFields: [String: ContractShape] = [
        "id": .integer, "name": .string, "follow_count": .count, "follower_count": .count, "is_follow": .bool,
        "avatar": .address, "background_image": .address, "signature": .string, "total_favorited": .count,
        "work_count": .count, "favorite_count": .count,
    ]
    static let user = ContractShape.object(userFields)
    static let friend = ContractShape.object(
        userFields.merging(["message": .string, "msgType": .count]) { $1 }
    )
    static let video = ContractShape.object([
        "id": .integer, "author": user, "play_url": .address, "cover_url": .address, "favorite_count": .count,
        "comment_count": .count, "is_favorite": .bool, "title": .string,
    ])
    static let comment = ContractShape.object(["id": .integer, "user": user, "content": .string, "create_date": .date])
    static let message = ContractShape.object([
        "id": .integer, "to_user_id": .integer, "from_user_id": .integer, "content": .string, "create_time": .integer,
    ])
}
