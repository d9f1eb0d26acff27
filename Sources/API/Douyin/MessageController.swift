import Database
import Domain
import Hummingbird
import Moderation

/// `/douyin/message/`: chats of two users.
struct MessageController {
    let messages: Messages
    let users: Users
    let gate: Gate
    let content: ContentCheck
    let listLimit: Int

    func addRoutes(to routes: DouyinRoutes) {
        routes.on(.get, "/douyin/message/chat", .read, use: chat)
        routes.on(.post, "/douyin/message/action", .message, use: send)
    }

    struct ChatAnswer: DouyinAnswer {
        static let empty = ChatAnswer(messages: [])

        let messages: [ChatMessage]

        func write(to json: inout JSONWriter) {
            json.member("message_list", messages) { json, message in
                json.object { json in
                    json.member("id", message.id)
                    json.member("to_user_id", message.receiverID.rawValue)
                    json.member("from_user_id", message.senderID.rawValue)
                    json.member("content", message.content)
                    json.member("create_time", message.sentMilliseconds)
                }
            }
        }
    }

    /// Oldest first and from the oldest on, so that asking again with the time of the last one finds the rest.
    @Sendable func chat(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.requireCaller(parameters, for: .read)
            let other = try readOther(parameters, caller: caller)
            let time = ClientTime(try parameters.integer("pre_msg_time"))
            let list = try await messages.list(
                between: caller,
                and: other,
                after: time?.milliseconds ?? 0,
                limit: listLimit
            )
            if list.isEmpty { try await users.require(other) }
            return ChatAnswer(messages: list)
        }
    }

    @Sendable func send(_ request: Request, context: APIContext) async throws -> Response {
        await context.answer {
            let parameters = try await DouyinParameters(request)
            let caller = try await gate.requireCaller(parameters, for: .message)
            let other = try readOther(parameters, caller: caller)
            try parameters.requireFirstAction()
            let text = try APIError.translating(to: .invalidMessage) { try MessageText(parameters.require("content")) }
            let checked = try content.check(text.rawValue, as: .message)
            let isSent = try await messages.send(checked.text, from: caller, to: other, isHeld: checked.isHeld)
            guard isSent else { throw APIError.unknownUser(other) }
            if checked.isHeld { context.outcome.notice = .heldMessage }
            return NoAnswer.empty
        }
    }

    private func readOther(_ parameters: DouyinParameters, caller: UserID) throws -> UserID {
        let other = UserID(rawValue: try parameters.requireInteger("to_user_id"))
        guard other != caller else {
            throw APIError(.ownAccount, "You cannot write to yourself.", chinese: "不能给自己发消息。")
        }
        return other
    }
}

extension Phrase {
    fileprivate static let heldMessage = Phrase(
        "Your message waits for a review. It will be sent when it is approved.",
        chinese: "您的消息正在审核，通过后将会发送。"
    )
}
