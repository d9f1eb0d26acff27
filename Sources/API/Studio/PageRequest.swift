import Domain
import Hummingbird

/// The part of a list that is asked for: `limit` entries after those that end with `cursor`.
struct PageRequest: Equatable {
    static let limits = 1...100
    static let defaultLimit = 50

    let limit: Int
    /// The last entry of the page before; `nil` for the first page.
    let cursor: Int64?

    init(_ parameters: DouyinParameters) throws(APIError) {
        let asked = try parameters.integer("limit") ?? Int64(Self.defaultLimit)
        guard let limit = Int(exactly: asked), Self.limits.contains(limit) else {
            let range = Phrase("a number from 1 to 100", chinese: " 1 到 100 的数")
            throw .invalid("limit", parameters["limit"] ?? "", expected: range)
        }
        self.limit = limit
        guard let text = parameters["cursor"], !text.isEmpty else {
            self.cursor = nil
            return
        }
        guard let last = Int64(text), last > 0 else {
            throw .invalid("cursor", text, expected: Phrase("the next_cursor of a page", chinese: "上一页的 next_cursor"))
        }
        self.cursor = last
    }

    /// A page of `list`, which has one entry more than the page if there is another page.
    func response<Element>(
        _ list: [Element],
        id: (Element) -> Int64,
        write: (inout JSONWriter, Element) -> Void
    ) -> Response {
        let page = list.prefix(limit)
        let next = list.count > limit ? page.last.map { "\(id($0))" } : nil
        let json = JSONWriter.object { json in
            // First, as a list that grows too long leaves its last entries out.
            json.member("next_cursor", next ?? "")
            json.member("items", page, write)
        }
        return Response(status: .ok, json: json)
    }
}
