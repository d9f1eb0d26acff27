import Foundation
import Glibc
import Testing

extension ContractTests {
    @Suite struct Publishing {
        /// The worker stands still meanwhile, so that everything before the first frame can be seen.
        @Test func itsAuthorSeesAVideoAtOnceAndEveryoneOnceItIsPlayable() async throws {
            let stage = try ContractStage.here
            let (ada, eve) = (try stage.api.join(), try stage.api.join())
            let worker = try #require(try stage.clipyard.processes("clipyard worker").first)
            kill(worker, SIGSTOP)
            defer { kill(worker, SIGCONT) }
            let answer = try stage.api.publish(clip: try Clips.short(), title: "首发 & first", by: ada)
            #expect(answer.code == .success, "\(answer.message)")
            let video = try #require(try stage.api.videos(.published, of: ada, seenBy: ada).first)
            let id = try #require(video["id"].int)
            #expect(video["title"].text == "首发 & first" && video["author"]["id"].int == ada.id)
            try checkDoor(of: video, id, in: stage)
            for viewer in [eve, nil] {
                #expect(try stage.api.videos(.published, of: ada, seenBy: viewer).isEmpty)
                #expect(try stage.api.videoInFeed(id, seenBy: viewer) == nil)
            }
            #expect(try stage.api.videoInFeed(id, seenBy: ada) == nil)
            #expect(try stage.api.like(id, by: eve) == .unknownVideo)
            #expect(try stage.api.comment("too early", on: id, by: eve).code == .unknownVideo)
            kill(worker, SIGCONT)
            _ = try await stage.api.settled(ada)
            try await checkPlayable(id, of: ada, for: [eve, ada, nil], in: stage)
        }

        /// The addresses that a video has before its media exist.
        private func checkDoor(of video: StrictJSON, _ id: Int64, in stage: ContractStage) throws {
            let base = "http://127.0.0.1:\(stage.clipyard.port)/v/\(id)"
            #expect(video["play_url"].text == "\(base)/play.mp4" && video["cover_url"].text == "\(base)/cover.jpg")
            for file in ["play.mp4", "cover.jpg"] {
                let reply = try stage.api.raw("GET", "/v/\(id)/\(file)")
                #expect(reply.status == 404)
                #expect(reply.headers["retry-after"].flatMap { Int($0) } ?? 0 > 0)
            }
        }

        private func checkPlayable(
            _ id: Int64,
            of author: ContractClient.Member,
            for viewers: [ContractClient.Member?],
            in stage: ContractStage
        ) async throws {
            let media = "http://127.0.0.1:\(stage.clipyard.port)/media/"
            for viewer in viewers {
                let shown = try await eventually(within: 2, "the video is in the feed") {
                    try stage.api.videoInFeed(id, seenBy: viewer)
                }
                let listed = try #require(try stage.api.videos(.published, of: author, seenBy: viewer).first)
                for (file, field) in [("play.mp4", "play_url"), ("cover.jpg", "cover_url")] {
                    let address = try #require(shown[field].text)
                    #expect(address.hasPrefix(media) && listed[field].text == address)
                    let door = try stage.api.raw("GET", "/v/\(id)/\(file)")
                    #expect(door.status == 302 && door.headers["location"] == address)
                    let path = try #require(URL(string: address)?.path)
                    #expect(try stage.api.raw("GET", path, headers: ["Range": "bytes=0-99"]).body.count == 100)
                }
            }
            #expect(try stage.api.user(author.id)["work_count"].int == 1)
        }

        @Test func theOrderOfTheFormDoesNotMatterAndItsTitleIsMasked() async throws {
            let stage = try ContractStage.here
            let ada = try stage.api.join()
            var form = ContractForm()
            form.add("title", "the heroin of the story")
            form.add("data", try Data(contentsOf: URL(filePath: try Clips.short())), filename: "C:\\Videos\\a.mp4")
            form.add("token", ada.token)
            #expect(try stage.api.publish(form).code == .success)
            let list = try await stage.api.settled(ada)
            #expect(list.map { $0["title"].text } == ["the ****** of the story"])
        }

        @Test func whatIsMissingOrWrongIsNamed() throws {
            let stage = try ContractStage.here
            let ada = try stage.api.join()
            let clip = try Data(contentsOf: URL(filePath: try Clips.short()))
            var noFile = ContractForm()
            noFile.add("token", ada.token)
            noFile.add("title", "no file")
            let table: [(ContractForm, ContractCode, String)] = [
                (.clip(clip, token: ada.token, title: nil), .missingParameter, "title"),
                (.clip(clip, token: ada.token, title: " "), .invalidTitle, "1 to 200"),
                (.clip(clip, token: ada.token, title: String(repeating: "题", count: 201)), .invalidTitle, "1 to 200"),
                (.clip(clip, token: nil, title: "t"), .notLoggedIn, "Log in"),
                (.clip(clip, token: "", title: "t"), .notLoggedIn, "Log in"),
                (.clip(clip, token: "wrong", title: "t"), .invalidToken, "Log in"),
                (.clip(Data("Hello, world".utf8), token: ada.token, title: "t"), .notAVideo, "text"),
                (.clip(Data(), token: ada.token, title: "t"), .notAVideo, "empty"),
                (noFile, .missingParameter, "data"),
            ]
            for (form, code, words) in table {
                let answer = try stage.api.publish(form)
                #expect(answer.code == code && answer.message.contains(words), "\(answer.message)")
            }
            let noForm = try stage.api.call(.publish, ["token": ada.token, "title": "t"])
            #expect(noForm.code == .malformedForm)
            #expect(try stage.api.videos(.published, of: ada, seenBy: ada).isEmpty)
        }

        @Test func theListOfNobodyIsRefused() throws {
            let api = try ContractStage.here.api
            #expect(try api.call(.published, ["user_id": 999_999]).code == .unknownUser)
            #expect(try api.call(.published).code == .missingParameter)
        }
    }
}
