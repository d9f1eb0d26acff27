import Foundation
import Testing

/// Counts stay exact while everybody does everything to one video and one user at once.
@Suite struct ConcurrencyTests {
    private static let clients = 64
    private static let seconds = 4.0
    private static let settings = [
        "CLIPYARD_LIMIT_READ_PER_USER", "CLIPYARD_LIMIT_READ_PER_ADDRESS", "CLIPYARD_LIMIT_WRITE_PER_USER",
        "CLIPYARD_LIMIT_WRITE_PER_ADDRESS", "CLIPYARD_GATEWAY_LIMIT",
    ].reduce(into: [:]) { $0[$1] = "off" }

    @Test(.timeLimit(.minutes(10))) func countsAreExactAfterAStorm() async throws {
        let folder = try TemporaryFolder()
        let clipyard = try await RunningClipyard(home: "\(folder.path)/home", environment: Self.settings)
        let api = ContractClient(port: clipyard.port)
        let star = try api.join()
        #expect(try api.publish(clip: try Clips.short(), title: "Hot", by: star).code == .success)
        let video = try #require(try await api.settled(star).first?["id"].int)
        // Two clients share an account, so that one thing is really done twice at once.
        let members = try (0..<Self.clients / 2).map { _ in try api.join() }
        let reports = try await onThreads(Self.clients) { index -> StormClient.Report in
            var client = StormClient(api: api, star: star, video: video, members: members, index: index)
            try client.run(until: ContinuousClock.now + .seconds(Self.seconds))
            return client.report
        }
        #expect(reports.flatMap(\.problems) == [])
        let requests = reports.reduce(0) { $0 + $1.requests }
        #expect(requests > 10 * Self.clients, "only \(requests) requests")
        try await check(Truth(clipyard, video: video), star, video, members, api)
        #expect(clipyard.stop() == 0)
    }

    /// What the rows say, whatever the counts say.
    private struct Truth {
        struct Counts: Equatable { var favorites, favorited, follows, followers: Int64? }

        let favorites: Int64?
        let comments: Int64?
        let users: [Int64: Counts]

        init(_ clipyard: RunningClipyard, video: Int64) throws {
            favorites = Int64(try clipyard.sql("SELECT count(*) FROM favorites WHERE video_id = \(video)"))
            comments = Int64(try clipyard.sql("SELECT count(*) FROM comments WHERE video_id = \(video)"))
            let rows = try clipyard.sql(
                """
                SELECT id, (SELECT count(*) FROM favorites WHERE user_id = u.id),
                    (SELECT count(*) FROM favorites JOIN videos AS v ON v.id = video_id WHERE v.author_id = u.id),
                    (SELECT count(*) FROM follows WHERE follower_id = u.id),
                    (SELECT count(*) FROM follows WHERE followed_id = u.id)
                FROM users AS u
                """
            )
            users = rows.split(separator: "\n").reduce(into: [:]) { users, row in
                let fields = row.split(separator: "|").map { Int64($0) }
                guard fields.count == 5, let id = fields[0] else { return }
                users[id] = Counts(favorites: fields[1], favorited: fields[2], follows: fields[3], followers: fields[4])
            }
        }
    }

    private func check(
        _ truth: Truth,
        _ star: ContractClient.Member,
        _ video: Int64,
        _ members: [ContractClient.Member],
        _ api: ContractClient
    ) async throws {
        let listed = try #require(try api.videos(.published, of: star).first)
        #expect(listed["favorite_count"].int == truth.favorites && listed["comment_count"].int == truth.comments)
        let comments = try api.call(.comments, ["video_id": video])["comment_list"].items.count
        #expect(truth.comments == Int64(comments))
        for member in members + [star] {
            let user = try api.user(member.id)
            let answered = Truth.Counts(
                favorites: user["favorite_count"].int,
                favorited: user["total_favorited"].int,
                follows: user["follow_count"].int,
                followers: user["follower_count"].int
            )
            #expect(answered == truth.users[member.id])
            let (followed, followers) = (try api.users(.followed, of: member), try api.users(.followers, of: member))
            #expect(answered.follows == Int64(followed.count) && answered.followers == Int64(followers.count))
        }
        _ = try await eventually(within: 2, "the feed has the counts") {
            let shown = try api.videoInFeed(video)
            return shown?["favorite_count"].int == truth.favorites && shown?["comment_count"].int == truth.comments
                && shown?["author"]["follower_count"].int == truth.users[star.id]?.followers ? true : nil
        }
    }
}

/// One of many that do things at random and often say them twice.
private struct StormClient {
    struct Report: Sendable {
        var requests = 0
        var problems: [String] = []
    }

    let api: ContractClient
    let star: ContractClient.Member
    let video: Int64
    let members: [ContractClient.Member]
    let index: Int
    var report = Report()

    private let connection: HTTPConnection
    private var comments: [Int64] = []

    init(
        api: ContractClient,
        star: ContractClient.Member,
        video: Int64,
        members: [ContractClient.Member],
        index: Int
    ) {
        (self.api, self.star, self.video, self.members, self.index) = (api, star, video, members, index)
        connection = HTTPConnection(port: api.port)
    }

    private var me: ContractClient.Member { members[index % members.count] }

    mutating func run(until deadline: ContinuousClock.Instant) throws {
        while ContinuousClock.now < deadline {
            switch Int.random(in: 0..<10) {
            case 0..<3: try act(.favorite, ["video_id": video, "action_type": Int.random(in: 1...2)])
            case 3..<5: try act(.follow, ["to_user_id": star.id, "action_type": Int.random(in: 1...2)])
            case 5: try followNeighbour()
            case 6: try comment()
            case 7: try deleteComment()
            default: try read()
            }
        }
    }

    /// Once, or again as if the answer had been lost.
    private mutating func act(_ route: ContractRoute, _ parameters: KeyValuePairs<String, Any>) throws {
        for _ in 0..<Int.random(in: 1...3) { try send(route, parameters, expecting: [.success]) }
    }

    private mutating func followNeighbour() throws {
        let other = members[(index + Int.random(in: 1..<members.count)) % members.count]
        try act(.follow, ["to_user_id": other.id, "action_type": Int.random(in: 1...2)])
    }

    private mutating func comment() throws {
        let answer = try send(
            .comment,
            ["video_id": video, "action_type": 1, "comment_text": "from client \(index)"],
            expecting: [.success]
        )
        if let id = answer["comment"]["id"].int { comments.append(id) }
    }

    /// Twice, the second time as somebody who has not heard of the first.
    private mutating func deleteComment() throws {
        guard let id = comments.popLast() else { return }
        let parameters: KeyValuePairs<String, Any> = ["video_id": video, "action_type": 2, "comment_id": id]
        try send(.comment, parameters, expecting: [.success])
        try send(.comment, parameters, expecting: [.unknownComment])
    }

    private mutating func read() throws {
        switch Int.random(in: 0..<4) {
        case 0: try send(.feed, [:], expecting: [.success])
        case 1: try send(.published, ["user_id": star.id], expecting: [.success])
        case 2: try send(.user, ["user_id": star.id], expecting: [.success])
        default: try send(.followers, ["user_id": star.id], expecting: [.success])
        }
    }

    /// Every answer is checked against its shape, where no count is ever negative.
    @discardableResult
    private mutating func send(
        _ route: ContractRoute,
        _ parameters: KeyValuePairs<String, Any>,
        expecting codes: Set<ContractCode>
    ) throws -> ContractClient.Answer {
        let request = HTTPRequest(
            method: route.method,
            path: "\(route.path)?\(ContractClient.form(parameters))&token=\(me.token)",
            body: route.method == "POST" ? Data() : nil
        )
        let answer = try ContractClient.Answer(connection.send(request), of: route)
        report.requests += 1
        report.problems += answer.problems
        if !codes.contains(answer.code) { report.problems.append("\(route): \(answer.message)") }
        return answer
    }
}
