import Domain
import Moderation

/// Applies the word filter's policies to what users write.
struct ContentCheck: Sendable {
    /// What may be shown of a text.
    struct Checked: Sendable, Equatable {
        let text: String
        /// Whether it waits for a review first.
        let isHeld: Bool
    }

    let moderator: Moderator

    /// - Throws: ``APIErrorCode/refusedContent`` where the policy is to refuse.
    func check(_ text: String, as field: ModeratedField) throws(APIError) -> Checked {
        switch moderator.check(text, as: field) {
        case .clean: Checked(text: text, isHeld: false)
        case .masked(let masked): Checked(text: masked, isHeld: false)
        case .held: Checked(text: text, isHeld: true)
        case .refused: throw .refusedContent(field.phrase)
        }
    }
}

extension ModeratedField {
    fileprivate var phrase: Phrase {
        switch self {
        case .title: Phrase("title", chinese: "标题")
        case .comment: Phrase("comment", chinese: "评论")
        case .name: Phrase("username", chinese: "用户名")
        case .signature: Phrase("signature", chinese: "签名")
        case .message: Phrase("message", chinese: "消息")
        }
    }
}
