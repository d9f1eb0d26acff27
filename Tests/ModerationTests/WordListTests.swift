import Foundation
import Moderation
import Testing

@Suite struct WordListTests {
    private func problems(_ text: String) -> [WordListError.Problem] {
        let error = #expect(throws: WordListError.self) { _ = try WordList(parsing: text) }
        return error?.problems ?? []
    }

    @Test func commentsBlankLinesAndMarginsAreNoWords() throws {
        let list = try WordList(parsing: "\u{FEFF}# words\r\n\r\n  赌博\t\r\n\u{3000}# more\n \nnude chat\n#\nC#sharp")
        #expect(list.count == 3)
        #expect(WordFilter(list).mask("赌博 nude chat words") == "** ********* words")
    }

    @Test(arguments: [
        ("ok\n\n***\nok", 3, "nothing that is compared"), ("\u{200B}", 1, "nothing that is compared"),
        ("# x\r\nv+", 2, "begins or ends with a separator"), ("ok\n$cash", 2, "begins or ends with a separator"),
    ])
    func aLineThatIsNoWordIsNamed(text: String, line: Int, message: String) throws {
        let problem = try #require(problems(text).first)
        #expect(problem.line == line)
        #expect(problem.message.contains(message))
    }

    @Test func allWrongLinesAreToldUpToAScreen() throws {
        #expect(problems("+\nok\n-\n*").map(\.line) == [1, 3, 4])
        let error = #expect(throws: WordListError.self) { try WordList(parsing: String(repeating: "+\n", count: 25)) }
        let lines = error?.description.split(separator: "\n") ?? []
        #expect(lines.first == "word list:1: “+” has nothing that is compared: remove the line")
        #expect(lines.count == 21 && lines.last == "and 5 more lines")
    }

    @Test func aWordHasAtMostItsLettersWhatIsNotComparedNotCounted() throws {
        let longest = Array(repeating: "é", count: WordList.maximumWordLength).joined(separator: ".\u{200B}")
        #expect(try mask("[\(longest)]", longest) == "[" + String(repeating: "*", count: 64 + 63 * 2) + "]")
        #expect(problems(longest + "e").first?.message.contains("has 65 letters, at most 64") == true)
    }

    @Test func aListHasAtMostItsWords() throws {
        let most = String(repeating: "a\n", count: WordList.maximumCount)
        #expect(try WordList(parsing: most).count == WordList.maximumCount)
        let problem = try #require(problems(most + "a").first)
        #expect(problem.line == WordList.maximumCount + 1)
        #expect(problem.message.contains("at most 200000"))
    }

    @Test func aFileHasAtMostItsBytes() throws {
        let folder = try TemporaryFolder()
        let comment = Data("#".utf8) + Data(repeating: UInt8(ascii: "x"), count: WordList.maximumBytes - 1)
        #expect(try WordList(contentsOfFile: folder.write(comment)).count == 0)
        let path = try folder.write(comment + Data("x".utf8))
        let error = #expect(throws: WordListError.self) { try WordList(contentsOfFile: path) }
        #expect(error?.description == "\(path): has 4000001 bytes: a word list has at most 4000000")
    }

    @Test func aFileThatIsNotUTF8OrNotThereIsNamed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Data([0xB6, 0xC4, 0xB2, 0xA9]))
        let error = #expect(throws: WordListError.self) { try WordList(contentsOfFile: path) }
        #expect(error?.description.hasPrefix("\(path): is not UTF-8: convert it") == true)
        let absent = #expect(throws: WordListError.self) { try WordList(contentsOfFile: path + ".absent") }
        #expect(absent?.description.hasPrefix("\(path).absent: cannot be read") == true)
    }

    @Test func theListThatShipsFindsItsWords() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let path = root.appending(path: "moderation/words.txt").path
        let list = try WordList(contentsOfFile: path)
        #expect((30...300).contains(list.count))
        let filter = WordFilter(list)
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        for word in lines where !word.hasPrefix("#") { #expect(filter.contains("「\(word)」"), "\(word)") }
        #expect(!filter.contains("今天天气很好，一起去看展吧。Have a nice day, see you in class!"))
    }
}
